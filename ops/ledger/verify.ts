import type { LedgerPlace } from '@cnop/ledger/balances'
import { type Verification, verifyLedger } from '@cnop/ledger/verify'
import { checkHolds } from '@cnop/order/commands/check-holds'

export interface VerifiedTables {
  readonly ledger: string
  readonly orders: string
}

type Source = Pick<LedgerPlace, 'db'> & { readonly now: () => number }

const mostRounds = 5

/**
 * Verifies the ledger together with the orders. The two are read one after the other, so while money moves an order
 * may be a step ahead of the journal that was read; only what is found every time is real.
 */
export async function verifyWithOrders(
  { db, now }: Source,
  { ledger, orders }: VerifiedTables,
): Promise<Verification> {
  const source = { db, table: ledger, now }
  const check = (username: string, holds: Parameters<typeof checkHolds>[2]) =>
    checkHolds({ db, table: orders }, username, holds)
  let found = await verifyLedger(source, { checkHolds: check })
  for (let round = 2; round <= mostRounds && mayBePassing(found); round += 1) {
    found = await verifyLedger(source, { checkHolds: check })
  }
  return found
}

const mayBePassing = ({ discrepancies }: Verification): boolean =>
  discrepancies.length > 0 && discrepancies.every(({ kind }) => kind === 'WRONG_HOLD')
