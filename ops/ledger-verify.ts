import { parseArgs } from 'node:util'
import { parseEnv, storeConfig, storeFields } from '@cnop/kit/config'
import { createLog } from '@cnop/kit/log'
import { openPlatform } from '@cnop/kit/open-platform'
import type { Platform } from '@cnop/kit/platform'
import { refusalText } from '@cnop/kit/run'
import { readSwitch, reopenLedger } from '@cnop/ledger/switch'
import { ledgerTable } from '@cnop/ledger/tables'
import type { Verification } from '@cnop/ledger/verify'
import { ordersTable } from '@cnop/order/operator'
import { verifyWithOrders } from './ledger/verify.ts'

const print = (line: string): void => void process.stdout.write(`${line}\n`)

/**
 * `npm run ledger:verify`: recomputes every balance from the journal, and the holds from the open orders. `-- --reopen`
 * lets the ledger accept changes again, when it was closed and nothing is wrong any more.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: { reopen: { type: 'boolean', default: false } } })
  const { LEDGER_TABLE: ledger = 'ledger', ORDERS_TABLE: orders = 'orders' } = process.env
  const log = createLog('ledger-verify', { level: 'error', filePath: undefined })
  const platform = await openPlatform(storeConfig(parseEnv(storeFields, process.env)), log)
  try {
    const tables = { ledger, orders }
    await platform.ensureTables([ledgerTable(tables.ledger), ordersTable(tables.orders)])
    const found = await verifyWithOrders(platform, tables)
    const isReadOnly = await settleSwitch(platform, tables.ledger, values.reopen && isClean(found))
    report(found, isReadOnly)
    return isClean(found) ? 0 : 1
  } finally {
    await platform.close()
  }
}

const isClean = ({ isBalanced, unsettled }: Verification): boolean =>
  isBalanced && unsettled.length === 0

async function settleSwitch({ db }: Platform, table: string, mayReopen: boolean): Promise<boolean> {
  const closed = await readSwitch({ db, table })
  if (!closed) return false
  print(`The ledger is read-only since ${closed.closedAt}: ${closed.reason}`)
  if (!mayReopen) return true
  await reopenLedger({ db, table })
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

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`${refusalText(error)}\n`)
  process.exitCode = 2
}
