import { checkKey } from '@cnop/kit/idempotency-key'
import { BadInput } from '@cnop/kit/errors'
import { addUsd, formatUsd, parseUsd, type Usd, zeroUsd } from '@cnop/kit/money'
import type { Account } from '@cnop/ledger/account'
import type { JournalEntry } from '@cnop/ledger/chain'
import { type Activity, toActivity } from './activity.ts'

export interface CashInput {
  readonly key: string
  readonly amount: Usd
}

/** A cash balance. */
export interface Cash {
  readonly available: Usd
  readonly held: Usd
  readonly posted: Usd
}

/** Checks what a client sends; the day's limit and the funds are the ledger's to check. */
export function checkCashInput({ key, amount }: CashInput, max: Usd): void {
  checkKey(key)
  if (amount <= 0n) throw new BadInput('amount', 'must be more than zero')
  if (amount > max) throw new BadInput('amount', `must be at most ${formatUsd(max)}`)
}

export const toCash = ({ available, held }: Pick<Account, 'available' | 'held'>): Cash => ({
  available,
  held,
  posted: addUsd(available, held),
})

/** What the ledger keeps under the key and tells a repeat: JSON, money as text. */
export interface CashReceipt {
  readonly id: string
  readonly sequence: number
  readonly kind: 'DEPOSIT' | 'WITHDRAWAL'
  readonly cashChange: string
  readonly createdAt: string
  readonly hash: string
  readonly available: string
  readonly held: string
}

export function writeReceipt(entry: JournalEntry, account: Account): CashReceipt {
  const { id, sequence, cashChange, createdAt, hash } = toActivity(entry)
  return {
    id,
    sequence,
    kind: entry.kind === 'WITHDRAWAL' ? 'WITHDRAWAL' : 'DEPOSIT',
    cashChange: formatUsd(cashChange),
    createdAt,
    hash,
    available: formatUsd(account.available),
    held: formatUsd(account.held),
  }
}

export function readReceipt(receipt: CashReceipt): { entry: Activity; cash: Cash } {
  const { cashChange, available, held, ...rest } = receipt
  const cash = toCash({ available: parseUsd(available), held: parseUsd(held) })
  const entry: Activity = {
    ...rest,
    cashChange: parseUsd(cashChange),
    cashHeldChange: zeroUsd,
    cashAfter: cash.posted,
    assetId: undefined,
    quantityChange: undefined,
    quantityHeldChange: undefined,
    price: undefined,
    fee: undefined,
    orderId: undefined,
  }
  return { entry, cash }
}
