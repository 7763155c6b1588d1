import { accessSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { makeDirectory } from '@cnop/kit/directories'
import { systemClock } from '@cnop/kit/clock'
import { namingSource } from '@cnop/kit/config'
import { createLog } from '@cnop/kit/log'
import { openPlatform } from '@cnop/kit/open-platform'
import type { OpenPlatform } from '@cnop/kit/platform'
import { shards, verifyShard } from '@cnop/ledger/verify-new'
import { ordersTable } from '@cnop/order/operator'
import { openQuoteReader } from '@cnop/quotes/reader'
import { loadUserConfig, openUserDeps } from '@cnop/user/operator'
import { BadUsage, runCommand, userEnv } from './command/command.ts'
import { verifyWithOrders } from './ledger/verify.ts'
import { importLegacy } from './moving/import-legacy.ts'
import { openReport, type Report } from './moving/report.ts'

const usage =
  'Usage: npm run import:legacy -- --from DIR [--dry-run] [--fractions refuse|down] [--report FILE]'

type Config = ReturnType<typeof loadUserConfig>

function readOptions() {
  const { values } = parseArgs({
    options: {
      from: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      fractions: { type: 'string', default: 'refuse' },
      report: { type: 'string' },
    },
  })
  const { from, fractions, report, 'dry-run': isDryRun } = values
  if (!from || (fractions !== 'refuse' && fractions !== 'down')) throw new BadUsage()
  return { directory: from, fractions, isDryRun, report } as const
}

/** The assets that can be held here, with their prices. */
async function readPrices(platform: OpenPlatform, table: string) {
  const reader = await openQuoteReader(platform, { table })
  const quotes = await reader.all()
  await reader.close()
  if (quotes.length === 0)
    throw new Error('The store has no assets yet. Start the platform once, then import.')
  return new Map(quotes.map(({ assetId, price }) => [assetId, price]))
}

/**
 * `npm run import:legacy`: reads exports of the previous system's tables. Exits with 0 when every row is imported, with
 * 1 when rows were refused or the ledger does not add up, and with 2 when the import could not run.
 */
async function main(): Promise<number> {
  const options = readOptions()
  await namingSource('--from', () => accessSync(options.directory))
  const config = loadUserConfig(userEnv(process.env))
  const log = createLog('import-legacy', { ...config.store.log, level: 'error' })
  const platform = await openPlatform(config.store, log, { now: systemClock, purpose: 'command' })
  try {
    return await importInto(platform, config, options)
  } finally {
    await platform.close()
  }
}

const progressMs = 10_000
const tell = (line: string): void => void process.stderr.write(`${line}\n`)

function describeProgress(report: Report): string {
  const { read, settled } = report.soFar()
  return `${read} rows read, ${settled} of them imported or refused.`
}

async function importInto(
  platform: OpenPlatform,
  config: Config,
  options: ReturnType<typeof readOptions>,
): Promise<number> {
  const { ORDERS_TABLE: orders = 'orders' } = process.env
  const { dataDirectory } = config.store
  const users = await openUserDeps(config, platform)
  await platform.ensureTables([ordersTable(orders)])
  const prices = await readPrices(platform, config.tables.quotes)
  const place = {
    users,
    orders: { ledger: users.ledger, store: { db: platform.db, table: orders } },
    prices,
  }
  const path = options.report ?? join(dataDirectory, 'import-legacy.jsonl')
  const report = await namingSource(options.report ? '--report' : 'DATA_DIRECTORY', () => {
    if (!options.report) makeDirectory(dataDirectory)
    return openReport(path)
  })
  const progress = setInterval(() => tell(describeProgress(report)), progressMs).unref()
  try {
    tell(`Reading ${options.directory}.`)
    await importLegacy(place, options, report)
    tell(describeProgress(report))
    const summary = report.finish()
    if (!options.isDryRun) tell('Verifying the ledger.')
    const isBalanced = options.isDryRun || (await verify(platform, config.tables.ledger, orders))
    process.stdout.write(`Rows that were not imported, and notes: ${path}\n`)
    const { isDryRun } = options
    process.stdout.write(`${JSON.stringify({ isDryRun, ...summary, isBalanced })}\n`)
    return isBalanced && summary.refused === (summary.reasons.NOT_MOVED ?? 0) ? 0 : 1
  } finally {
    clearInterval(progress)
    report.close()
  }
}

/** Verifies the new entries for the rounds of the service, then everything. */
async function verify(platform: OpenPlatform, ledger: string, orders: string): Promise<boolean> {
  for (const shard of shards) await verifyShard({ ...platform, table: ledger }, shard)
  const { isBalanced, discrepancy } = await verifyWithOrders(platform, { ledger, orders })
  if (discrepancy)
    process.stdout.write(`${discrepancy.kind} of ${discrepancy.username}: ${discrepancy.message}\n`)
  return isBalanced
}

await runCommand({ usage, main })
