import type { LedgerPlace } from '@cnop/ledger/balances'
import type { Verification } from '@cnop/ledger/verify'
import { verifyWithOrders as verify } from '@cnop/order/operator'

export interface VerifiedTables {
  readonly ledger: string
  readonly orders: string
}

type Source = Pick<LedgerPlace, 'db'> & { readonly now: () => number }

/** Verifies the ledger together with the orders, from their tables only. */
export const verifyWithOrders = (
  { db, now }: Source,
  { ledger, orders }: VerifiedTables,
): Promise<Verification> => verify({ db, table: ledger, now }, { db, table: orders })
