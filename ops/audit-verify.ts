import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { parseEnv, storeConfig, storeFields } from '@cnop/kit/config'
import { createLog } from '@cnop/kit/log'
import { openPlatform } from '@cnop/kit/open-platform'
import { ledgerTable } from '@cnop/ledger/tables'
import type { Verification } from '@cnop/ledger/verify'
import { ordersTable } from '@cnop/order/operator'
import { auditDirectory } from '@cnop/router/operator'
import { z } from 'zod'
import { runCommand } from './command/command.ts'
import { type ChainsVerification, verifyChains } from './audit/verify-chains.ts'
import { verifyWithOrders } from './ledger/verify.ts'

const usage = `Usage: npm run audit:verify -- [--directory DIR] [--chains-only] [--archived]`

const print = (line: string): void => void process.stdout.write(`${line}\n`)

/**
 * `npm run audit:verify`: verifies every chain of security events, and the journal, which is the chain of money events.
 * `-- --directory D` sets the directory of the chains, `--chains-only` skips the journal (with the embedded store it
 * can be read only while the platform is stopped), `--archived` accepts that older chains were moved away.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      directory: { type: 'string' },
      'chains-only': { type: 'boolean', default: false },
      archived: { type: 'boolean', default: false },
    },
  })
  const vars = parseEnv({ ...storeFields, AUDIT_PATH: z.string().optional() }, process.env)
  const directory = findChains(values.directory, vars)
  const chains = verifyChains(directory, { isCut: values.archived })
  reportChains(directory, chains)
  const money = values['chains-only'] ? undefined : await verifyMoney(storeConfig(vars))
  if (money) reportMoney(money)
  const isIntact = chains.violations.length === 0 && (money?.isBalanced ?? true)
  print(JSON.stringify({ isIntact, ...summarise(chains), ...(money && summariseMoney(money)) }))
  return isIntact ? 0 : 1
}

/** The directory of the chains. One that does not exist is mistyped: no chain would be no violation. */
function findChains(given: string | undefined, vars: Parameters<typeof auditDirectory>[0]): string {
  const directory = given ?? auditDirectory(vars)
  if (existsSync(directory)) return directory
  const variable = (['AUDIT_PATH', 'LOG_FILE_PATH'] as const).find((name) => vars[name])
  const source = given === undefined ? (variable ?? 'DATA_DIRECTORY') : '--directory'
  throw new Error(`${source}: there is no audit trail in ${directory}.`)
}

async function verifyMoney(config: ReturnType<typeof storeConfig>): Promise<Verification> {
  const { LEDGER_TABLE: ledger = 'ledger', ORDERS_TABLE: orders = 'orders' } = process.env
  const log = createLog('audit-verify', { level: 'error', filePath: undefined })
  const platform = await openPlatform(config, log, { purpose: 'command' })
  try {
    await platform.ensureTables([ledgerTable(ledger), ordersTable(orders)])
    return await verifyWithOrders(platform, { ledger, orders })
  } finally {
    await platform.close()
  }
}

function reportChains(directory: string, found: ChainsVerification): void {
  print(`Security events in ${directory}: ${found.chains} chains, ${found.records} records`)
  for (const [kind, count] of [...found.events].sort()) print(`  ${kind}: ${count}`)
  for (const file of found.torn) print(`${file}: the last line was not written completely`)
  for (const { file, line, reason } of found.violations) print(`${file}:${line}: ${reason}`)
}

function reportMoney({ kinds, accounts, entries, discrepancies, assets }: Verification): void {
  print(`Money events in the journal: ${accounts} accounts, ${entries} entries`)
  for (const [kind, count] of [...kinds].sort()) print(`  ${kind}: ${count}`)
  for (const { username, kind, message } of discrepancies) print(`${username}: ${kind}: ${message}`)
  for (const { assetId } of assets.filter(({ isBalanced }) => !isBalanced)) {
    print(`${assetId}: the holdings of users differ from the journal`)
  }
}

const summarise = ({ chains, records, violations, torn, open }: ChainsVerification) => ({
  chains,
  records,
  violations: violations.length,
  torn: torn.length,
  open: open.length,
})

const summariseMoney = ({ accounts, entries, discrepancies }: Verification) => ({
  accounts,
  entries,
  discrepancies: discrepancies.length,
})

await runCommand({ usage, main })
