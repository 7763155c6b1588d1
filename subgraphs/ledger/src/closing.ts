import type { Usd } from '@cnop/kit/money'
import { type Account, type Holding, totalQuantity } from './account.ts'

/**
 * What a user owned after an entry, so that reads of the past need not replay the journal. It is written in the
 * transaction of the next entry, conditional on the account's version, so it is consistent with the journal.
 */
export interface Closing {
  /** The last entry that is counted. */
  readonly sequence: bigint
  /** The hash of that entry. */
  readonly head: string
  /** The UTC day of that entry. */
  readonly day: string
  /** When the next entry was made: nothing changed before that. */
  readonly until: string
  readonly available: Usd
  readonly held: Usd
  /** Cash that came from outside, less what left, since the account was opened. */
  readonly paidIn: Usd
  /** By ticker; those of zero are left out. */
  readonly holdings: readonly ClosedHolding[]
}

export type ClosedHolding = Omit<Holding, 'version' | 'lots'>

/** A day is closed by the first entry of a later one, a block by its last entry's successor. */
export type ClosingKind = 'day' | 'block'

/** The maximum number of entries between two closings. */
export const entriesPerBlock = 256n

/** Which closings the entry behind `sequence` writes; `day` and `nextDay` are the days of the two entries. */
export function closingsDue(
  { sequence, day }: Pick<Account, 'sequence' | 'day'>,
  nextDay: string,
  blockSize: bigint,
): readonly ClosingKind[] {
  if (sequence === 0n) return []
  return [
    ...(nextDay > day ? ['day' as const] : []),
    ...(sequence % blockSize === 0n ? ['block' as const] : []),
  ]
}

/** Closes an account as it was before its next entry. Undefined for an account that was not migrated yet. */
export function closeAccount(
  account: Account,
  holdings: readonly Holding[],
  until: string,
): Closing | undefined {
  const { sequence, head, day, available, held, paidIn } = account
  if (paidIn === undefined) return undefined
  const closed = holdings
    .filter((holding) => totalQuantity(holding) !== 0n)
    .map(({ version: _version, lots: _lots, ...holding }) => holding)
    .sort((a, b) => (a.assetId < b.assetId ? -1 : 1))
  return { sequence, head, day, until, available, held, paidIn, holdings: closed }
}
