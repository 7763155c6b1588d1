import { checkKey } from '@cnop/kit/idempotency-key'
import { BadInput } from '@cnop/kit/errors'
import { addUsd, formatUsd, parseUsd, type Usd, zeroUsd } from '@cnop/kit/money'
import type { Account } from '@cnop/ledger/account'
import type { JournalEntry } from '@cnop/ledger/chain'
import { withdrawable } from '@cnop/ledger/pockets'
import type { CashInput } from '../generated/resolvers.ts'
import { type Activity, toActivity } from './activity.ts'

/** A cash balance. */
export interface Cash {
  readonly available: Usd
  /** Available cash without red pockets that cannot be withdrawn yet. */
  readonly withdrawable: Usd
  /** When all of it can be withdrawn, ISO 8601; undefined when it can be now. */
  readonly withdrawableAt: string | undefined
  readonly held: Usd
  readonly posted: Usd
}

/** Validates the input; the ledger checks the daily limit and the funds. */
export function checkCashInput({ key, amount }: CashInput, max: Usd): void {
  checkKey(key)
  if (amount <= 0n) throw new BadInput('amount', 'must be more than zero')
  if (amount > max) throw new BadInput('amount', `must be at most ${formatUsd(max)}`)
}

export function toCash(account: Account, redPocketHoldMs: number, nowMs: number): Cash {
  const { available, held } = account
  const { amount, allAt } = withdrawable(account, redPocketHoldMs, nowMs)
  const posted = addUsd(available, held)
  return { available, held, posted, withdrawable: amount, withdrawableAt: allAt }
}

/** The result that the ledger stores under the key and returns to a repeat: JSON, money as text. */
export interface CashReceipt {
  readonly id: string
  readonly sequence: number
  readonly kind: 'DEPOSIT' | 'WITHDRAWAL'
  readonly cashChange: string
  readonly createdAt: string
  readonly hash: string
  readonly available: string
  readonly held: string
  /** Absent where the receipt is older than the field. */
  readonly withdrawable?: string
  readonly withdrawableAt?: string
}

export function writeReceipt(entry: JournalEntry, balance: Cash): CashReceipt {
  const { id, sequence, cashChange, createdAt, hash } = toActivity(entry)
  return {
    id,
    sequence,
    kind: entry.kind === 'WITHDRAWAL' ? 'WITHDRAWAL' : 'DEPOSIT',
    cashChange: formatUsd(cashChange),
    createdAt,
    hash,
    available: formatUsd(balance.available),
    held: formatUsd(balance.held),
    withdrawable: formatUsd(balance.withdrawable),
    ...(balance.withdrawableAt !== undefined && { withdrawableAt: balance.withdrawableAt }),
  }
}

export function readReceipt(receipt: CashReceipt): { entry: Activity; cash: Cash } {
  const { cashChange, available, held, withdrawable: free, withdrawableAt, ...rest } = receipt
  const cash: Cash = {
    available: parseUsd(available),
    held: parseUsd(held),
    posted: addUsd(parseUsd(available), parseUsd(held)),
    withdrawable: parseUsd(free ?? available),
    withdrawableAt,
  }
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
    realised: undefined,
    orderId: undefined,
  }
  return { entry, cash }
}
