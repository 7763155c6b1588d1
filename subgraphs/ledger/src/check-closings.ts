import type { JournalEntry } from './chain.ts'
import { type Closing, type ClosingKind, closingsDue, entriesPerBlock } from './closing.ts'
import type { Discrepancy, Replay } from './replay.ts'

export interface StoredClosing {
  readonly kind: ClosingKind
  readonly row: Closing
}

/** Collects what the closings of a journal should be while it is replayed, to compare them with what is stored. */
export interface ClosingCheck {
  /** Takes note of what the entry closes; the replay is as it is before the entry. */
  note(replay: Replay, next: JournalEntry): void
  compare(replay: Replay, stored: readonly StoredClosing[]): Discrepancy | undefined
}

export function startClosingCheck(blockSize = entriesPerBlock): ClosingCheck {
  const expected = new Map<string, string>()
  const keyOf = (kind: ClosingKind, sequence: bigint): string => `${kind}/${sequence}`
  return {
    note: (replay, { createdAt }) => {
      for (const kind of closingsDue(replay, createdAt.slice(0, 10), blockSize)) {
        expected.set(keyOf(kind, replay.sequence), showReplay(replay, createdAt))
      }
    },
    compare: ({ username, sequence: end }, stored) => {
      const missing = new Map(expected)
      for (const { kind, row } of stored) {
        // A closing at the end of what was replayed came with an entry behind it.
        if (row.sequence >= end) continue
        const key = keyOf(kind, row.sequence)
        const isRight = missing.get(key) === showRow(row)
        missing.delete(key)
        const message = `the closing of a ${kind} is not what the journal amounts to`
        if (!isRight) return { username, kind: 'WRONG_CLOSING', message, sequence: row.sequence }
      }
      const [key] = missing.keys()
      const message = `there is no closing ${key ?? ''}`
      return key === undefined ? undefined : { username, kind: 'MISSING_CLOSING', message }
    },
  }
}

type Shown = Pick<Closing, 'head' | 'day' | 'until'> & {
  readonly available: bigint
  readonly held: bigint
  readonly paidIn: bigint
}

function show(shown: Shown, holdings: readonly (readonly [string, ...bigint[]])[]): string {
  const { head, day, until, available, held, paidIn } = shown
  const lines = holdings.map((holding) => holding.join(' ')).sort()
  return [head, day, until, available, held, paidIn, ...lines].join(', ')
}

const showRow = (row: Closing): string =>
  show(
    row,
    row.holdings.map(({ assetId, available, held, costBasis }) => [
      assetId,
      available,
      held,
      costBasis,
    ]),
  )

function showReplay(replay: Replay, until: string): string {
  const owned = [...replay.holdings].filter(([, { available, held }]) => available + held !== 0n)
  return show(
    { ...replay, until },
    owned.map(([assetId, { available, held, costBasis }]) => [assetId, available, held, costBasis]),
  )
}
