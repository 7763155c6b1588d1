import type { JournalEntry } from './chain.ts'
import { type Closing, type ClosingKind, closingsDue, entriesPerBlock } from './closing.ts'
import type { Discrepancy, Replay } from './replay.ts'

export interface StoredClosing {
  readonly kind: ClosingKind
  readonly row: Closing
}

/** A closing that a journal makes. */
export interface ExpectedClosing {
  readonly kind: ClosingKind
  readonly day: string
  readonly sequence: bigint
  /** What it should say, as text. */
  readonly shown: string
}

/** Collects the closings that a journal makes while it is replayed, to compare them with what is stored. */
export interface ClosingCheck {
  /** Takes note of what the entry closes; the replay is as it is before the entry. */
  note(replay: Replay, next: JournalEntry): void
  /** What was noted since the last call. */
  take(): readonly ExpectedClosing[]
}

export function startClosingCheck(blockSize = entriesPerBlock): ClosingCheck {
  let expected: ExpectedClosing[] = []
  return {
    note: (replay, { createdAt }) => {
      const { day, sequence } = replay
      for (const kind of closingsDue(replay, createdAt.slice(0, 10), blockSize)) {
        expected.push({ kind, day, sequence, shown: showReplay(replay, createdAt) })
      }
    },
    take: () => {
      const taken = expected
      expected = []
      return taken
    },
  }
}

/** Names the first closing that is missing or wrong; `rows` has what is stored, in the same order. */
export function compareClosings(
  username: string,
  expected: readonly ExpectedClosing[],
  rows: readonly (Closing | undefined)[],
): Discrepancy | undefined {
  for (const [index, { kind, sequence, shown }] of expected.entries()) {
    const row = rows[index]
    if (!row) {
      const message = `there is no closing ${kind}/${sequence}`
      return { username, kind: 'MISSING_CLOSING', message, sequence }
    }
    const message = `the closing of a ${kind} is not what the journal amounts to`
    const isRight = row.sequence === sequence && showRow(row) === shown
    if (!isRight) return { username, kind: 'WRONG_CLOSING', message, sequence }
  }
  return undefined
}

/** A closing at the end of what was replayed came with an entry behind it; any other needs an entry that makes it. */
export function findExtraClosing(
  { username, sequence: end }: Replay,
  expected: number,
  stored: number,
): Discrepancy | undefined {
  if (stored <= expected) return undefined
  const message = `${stored} closings are stored, the ${end} entries make ${expected}`
  return { username, kind: 'WRONG_CLOSING', message }
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
