import { utcDay } from '@cnop/kit/clock'
import {
  addQuantity,
  addUsd,
  type Quantity,
  subtractUsd,
  type Usd,
  zeroQuantity,
  zeroUsd,
} from '@cnop/kit/money'
import type { JournalEntry } from './chain.ts'
import type { LotMethod } from './lots.ts'

/** The red pockets of one UTC day. */
export interface Pockets {
  /** When the last of them was opened, ISO 8601. */
  readonly openedAt: string
  readonly amount: Usd
}

/** A user's cash and the head of the user's journal. Every change of a user's property increments `version`. */
export interface Account {
  readonly username: string
  /** Counts every commit; the only race guard. Zero for a fresh account. */
  readonly version: bigint
  /** Journal entries so far. */
  readonly sequence: bigint
  /** The hash of the last journal entry; empty before the first. */
  readonly head: string
  readonly available: Usd
  /** Set aside for open orders. */
  readonly held: Usd
  /** The UTC day that the two counters count. */
  readonly day: string
  readonly depositedToday: Usd
  readonly withdrawnToday: Usd
  /** When the account was opened, ISO 8601; undefined for accounts that are older than this record. */
  readonly openedAt: string | undefined
  /** Recent red pockets, oldest first; see pockets.ts. */
  readonly pockets: readonly Pockets[]
  /** Cash that came from outside, less what left; undefined until the account is migrated. */
  readonly paidIn: Usd | undefined
  /** The first journal entry that `pockets` counts; undefined until an account that is older than this record moves. */
  readonly pocketsSince: bigint | undefined
  /** When the oldest change was made that no verifier has seen; undefined when there is none. */
  readonly unverifiedSince: string | undefined
  /** What was traded on each of the last 30 UTC days, packed; see volumes.ts. */
  readonly volumes: string
  /** The first UTC day of which `volumes` counts every trade; undefined until an account that is older than this record moves. */
  readonly volumesSince: string | undefined
  /** Which lots the next sales take. */
  readonly lotMethod: LotMethod
  /** When the last journal entry was made, ISO 8601; undefined until an account that is older than this record moves. */
  readonly movedAt: string | undefined
  /** From this UTC day on, no entry is dated before the one before it; undefined until an account that is older than this record moves. */
  readonly orderedSince: string | undefined
}

export interface Holding {
  readonly assetId: string
  readonly available: Quantity
  /** Set aside for open orders. */
  readonly held: Quantity
  /** What was paid for available and held together, fees included. */
  readonly costBasis: Usd
  /** What is owned by the day on which it was bought, packed (lots.ts): quantity and cost basis are their sums. */
  readonly lots: string
  /** The account version that last wrote this row; zero when there is no row. */
  readonly version: bigint
}

export interface LedgerState {
  readonly account: Account
  readonly holdings: ReadonlyMap<string, Holding>
}

/** The effect of an entry on the state that was read. */
export interface Change {
  readonly before: LedgerState
  readonly account: Account
  /** The holdings that the entry changes, as they are afterwards. */
  readonly holdings: readonly Holding[]
  readonly entry: JournalEntry
}

/** What one user may move in one UTC day. */
export interface DailyLimits {
  readonly deposit: Usd
  readonly withdrawal: Usd
}

/** What the ledger checks a movement against. */
export interface LedgerLimits extends DailyLimits {
  /** How long the cash of a red pocket cannot be withdrawn. */
  readonly redPocketHoldMs: number
}

export function newAccount(username: string, openedAt?: string): Account {
  return {
    username,
    version: 0n,
    sequence: 0n,
    head: '',
    available: zeroUsd,
    held: zeroUsd,
    day: '',
    depositedToday: zeroUsd,
    withdrawnToday: zeroUsd,
    openedAt,
    pockets: [],
    paidIn: zeroUsd,
    pocketsSince: 1n,
    unverifiedSince: openedAt,
    volumes: '',
    volumesSince: '',
    lotMethod: 'FIFO',
    movedAt: undefined,
    orderedSince: '',
  }
}

export function emptyHolding(assetId: string): Holding {
  return {
    assetId,
    available: zeroQuantity,
    held: zeroQuantity,
    costBasis: zeroUsd,
    lots: '',
    version: 0n,
  }
}

/** The cash balance: available and held. */
export const postedCash = (account: Account): Usd => addUsd(account.available, account.held)

/** The whole holding: available and held. */
export const totalQuantity = (holding: Holding): Quantity =>
  addQuantity(holding.available, holding.held)

/**
 * Starts the counters anew when the UTC day has changed.
 * The day never decreases: a process with a slow clock does not reset counters again.
 */
export function rollDay(account: Account, nowMs: number): Account {
  const today = utcDay(nowMs)
  if (today <= account.day) return account
  return { ...account, day: today, depositedToday: zeroUsd, withdrawnToday: zeroUsd }
}

/**
 * The moment that the next entry is not before. What is known of an account that is older than the record of it is the day of its
 * last entry.
 */
export function earliestNextMs({ movedAt, day }: Pick<Account, 'movedAt' | 'day'>): number {
  const known = movedAt ?? day
  return known === '' ? -Infinity : Date.parse(known)
}

const leftOf = (limit: Usd, used: Usd): Usd => (used >= limit ? zeroUsd : subtractUsd(limit, used))

/** What may still be deposited and withdrawn today. */
export function allowance(
  account: Account,
  limits: DailyLimits,
  nowMs: number,
): { depositLeft: Usd; withdrawLeft: Usd } {
  const rolled = rollDay(account, nowMs)
  return {
    depositLeft: leftOf(limits.deposit, rolled.depositedToday),
    withdrawLeft: leftOf(limits.withdrawal, rolled.withdrawnToday),
  }
}
