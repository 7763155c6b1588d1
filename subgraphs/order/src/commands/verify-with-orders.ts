import type { Store } from '@cnop/kit/dynamo'
import type { LedgerPlace } from '@cnop/ledger/balances'
import { type Verification, verifyLedger } from '@cnop/ledger/verify'
import { checkHolds } from './check-holds.ts'

type Ledger = LedgerPlace & { readonly now: () => number }

const mostRounds = 5

/**
 * Verifies the ledger together with the orders. The two are read one after the other, so while money moves an order
 * may be ahead of the journal; only differences that persist are reported.
 */
export async function verifyWithOrders(ledger: Ledger, store: Store): Promise<Verification> {
  const verify = (): Promise<Verification> =>
    verifyLedger(ledger, {
      checkHolds: (username, holds) => checkHolds(store, username, holds),
    })
  let found = await verify()
  for (let round = 2; round <= mostRounds && mayBePassing(found); round += 1) found = await verify()
  return found
}

const mayBePassing = ({ discrepancies }: Verification): boolean =>
  discrepancies.length > 0 && discrepancies.every(({ kind }) => kind === 'WRONG_HOLD')
