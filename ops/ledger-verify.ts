import { parseArgs } from 'node:util'
import { parseEnv, storeConfig, storeFields } from '@cnop/kit/config'
import { createLog } from '@cnop/kit/log'
import { openPlatform } from '@cnop/kit/open-platform'
import type { Platform } from '@cnop/kit/platform'
import { closeForAll, readSwitch, reopenLedger } from '@cnop/ledger/switch'
import { ledgerTable } from '@cnop/ledger/tables'
import type { Verification } from '@cnop/ledger/verify'
import {
  readProgress,
  readUnverifiedSince,
  shards,
  type VerifierPlace,
  verifyShard,
} from '@cnop/ledger/verify-new'
import { ordersTable } from '@cnop/order/operator'
import { BadUsage, runCommand } from './command/command.ts'
import { verifyWithOrders } from './ledger/verify.ts'

const usage = 'Usage: npm run ledger:verify -- [--full [--reopen]]'

const print = (line: string): void => void process.stdout.write(`${line}\n`)

/**
 * `npm run ledger:verify`: verifies new entries of the ledger, as the rounds of the user service do. `-- --full`
 * recomputes every balance from the whole journal, and the holds from the open orders, and closes the ledger after a
 * discrepancy. `-- --full --reopen` reopens a closed ledger if it has no discrepancy.
 */
async function main(): Promise<number> {
  const flag = { type: 'boolean', default: false } as const
  const { values } = parseArgs({ options: { full: flag, reopen: flag } })
  if (values.reopen && !values.full) throw new BadUsage('--reopen needs --full.')
  const { LEDGER_TABLE: ledger = 'ledger', ORDERS_TABLE: orders = 'orders' } = process.env
  const log = createLog('ledger-verify', { level: 'error', filePath: undefined })
  const config = storeConfig(parseEnv(storeFields, process.env))
  const platform = await openPlatform(config, log, { purpose: 'command' })
  try {
    const tables = { ledger, orders }
    await platform.ensureTables([ledgerTable(tables.ledger), ordersTable(tables.orders)])
    if (!values.full) return await verifyNew({ ...platform, table: ledger })
    const found = await verifyWithOrders(platform, tables)
    const isReadOnly = await settleSwitch(platform, tables.ledger, found, values.reopen)
    report(found, isReadOnly)
    return isClean(found) ? 0 : 1
  } finally {
    await platform.close()
  }
}

async function verifyNew(place: VerifierPlace): Promise<number> {
  for (const shard of shards) await verifyShard(place, shard)
  const { discrepancies, assets, ...progress } = await readProgress(place)
  for (const { username, kind, message } of discrepancies)
    print(`${kind} of ${username}: ${message}`)
  const counts = { discrepancies: discrepancies.length, assets: assets.length }
  const unverifiedSince = (await readUnverifiedSince(place)) ?? null
  print(JSON.stringify({ ...progress, ...counts, unverifiedSince }))
  return progress.isBalanced ? 0 : 1
}

const isClean = ({ isBalanced, unsettled }: Verification): boolean =>
  isBalanced && unsettled.length === 0

/** A wrong hold needs a decision of an operator; any other discrepancy closes the ledger, as in a round. */
const findViolation = ({ discrepancies, assets }: Verification): string | undefined => {
  const found = discrepancies.find(({ kind }) => kind !== 'WRONG_HOLD')
  if (found) return `${found.username}: ${found.message}`
  return assets.find(({ isBalanced }) => !isBalanced)?.assetId
}

async function settleSwitch(
  { db, now }: Platform,
  table: string,
  found: Verification,
  mayReopen: boolean,
): Promise<boolean> {
  const place = { db, table, now }
  const violation = findViolation(found)
  const closed = violation
    ? await closeForAll(place, `The ledger does not add up: ${violation}.`)
    : await readSwitch(place)
  if (!closed) return false
  print(`The ledger is read-only since ${closed.closedAt}: ${closed.reason}`)
  if (!mayReopen || !isClean(found)) return true
  await reopenLedger(place)
  print('The ledger accepts changes again.')
  return false
}

function report(found: Verification, isReadOnly: boolean): void {
  const { isBalanced, accounts, entries, verifiedAt, discrepancy, discrepancies, unsettled } = found
  if (discrepancy) {
    const { username, kind, message, sequence } = discrepancy
    const where = sequence === undefined ? username : `${username}, entry ${sequence.toString()}`
    print(`First discrepancy: ${kind} of ${where}: ${message}`)
  }
  for (const { assetId, owned, issued } of found.assets.filter((asset) => !asset.isBalanced)) {
    print(`${assetId}: users own ${owned.toString()}, the journal issued ${issued.toString()}`)
  }
  if (unsettled.length > 0)
    print(`Not compared, because their money moved: ${unsettled.join(', ')}`)
  const counts = {
    accounts,
    entries,
    discrepancies: discrepancies.length,
    assets: found.assets.length,
  }
  print(JSON.stringify({ isBalanced, ...counts, isReadOnly, verifiedAt }))
}

await runCommand({ usage, main })
