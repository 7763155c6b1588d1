import {
  addUsd,
  type Price,
  type Quantity,
  quantityFromUnits,
  subtractUsd,
  type Usd,
  zeroUsd,
} from '@cnop/kit/money'
import type { JournalEntry } from '@cnop/ledger/chain'
import { assetsOf, cashChange, isFromOutside, quantityChange } from '@cnop/ledger/entry'
import type { Opening, Owned, PastOwned, Possession } from './equity.ts'

/** The price of a trade, and when it was made. */
export interface TradePrice {
  readonly atMs: number
  readonly price: Price
}

export interface Rewind {
  /** What was owned at every moment that is behind us on the way back. */
  readonly possessions: Possession[]
  /** The prices of the trades of each asset that were taken back, newest first. */
  readonly trades: ReadonlyMap<string, readonly TradePrice[]>
  /** What an asset cost where neither the market nor a trade knows it. */
  readonly averagePrices: Map<string, Price>
  /** Takes one entry back; entries come newest first. */
  readonly undo: (entry: JournalEntry) => void
  /** Notes the moments that are left from what was owned then; they end where nothing is known. */
  noteRest(ownedAt: (atMs: number) => PastOwned | undefined): void
  /** The first entry of the account, once it has been taken back. */
  opening(): Opening | undefined
  /** Whether what was owned is known at every moment. */
  isComplete(): boolean
}

/** What was owned before the entries that were taken back. */
interface Past {
  cash: Usd
  readonly quantities: Map<string, Quantity>
  paidInSince: Usd
}

const copyOf = ({ cash, quantities, paidInSince }: Past): PastOwned => ({
  cash,
  quantities: new Map(quantities),
  paidInSince,
})

function takeBack(past: Past, entry: JournalEntry): void {
  past.cash = subtractUsd(past.cash, cashChange(entry))
  past.paidInSince = addUsd(past.paidInSince, paidInBy(entry))
  for (const moved of assetsOf(entry)) {
    const before = (past.quantities.get(moved) ?? 0n) - quantityChange(entry, moved)
    if (before === 0n) past.quantities.delete(moved)
    else past.quantities.set(moved, quantityFromUnits(before))
  }
}

const paidInBy = (entry: JournalEntry): Usd => (isFromOutside(entry) ? cashChange(entry) : zeroUsd)

const hasMoved = (entry: JournalEntry, assetId: string): boolean =>
  quantityChange(entry, assetId) !== 0n

/** What is owned changes at once: by a trade, or by cash from or to outside. */
const isMovement = (entry: JournalEntry): boolean =>
  isFromOutside(entry) || assetsOf(entry).some((id) => hasMoved(entry, id))

/** Notes what was owned at the moments, and just before and after the newest movements. */
function createNotes(past: Past, moments: readonly number[], mostSteps: number) {
  const possessions: Possession[] = []
  const earliestMs = moments.at(-1) ?? Infinity
  let noted = 0
  let stepsLeft = mostSteps
  /** Of the movement that was taken back last. Movements of one millisecond are one step. */
  let stepMs: number | undefined

  const noteBetween = (atMs: number): void => {
    const isBetween = atMs >= earliestMs && atMs < (possessions.at(-1)?.atMs ?? -Infinity)
    if (isBetween) possessions.push({ atMs, ...copyOf(past) })
  }
  /** Ends the step of the last movement, once the next older moment is known. */
  const endStep = (olderMs: number): void => {
    if (stepMs === undefined || olderMs >= stepMs) return
    if (olderMs < stepMs - 1) noteBetween(stepMs - 1)
    stepMs = undefined
  }
  return {
    possessions,
    isComplete: () => noted === moments.length,
    /** Notes the moments from this one on; the first one always. */
    from: (fromMs: number): void => {
      for (; noted < moments.length; noted += 1) {
        const atMs = moments[noted] ?? -Infinity
        if (atMs < fromMs && noted > 0) return
        endStep(atMs)
        possessions.push({ atMs, ...copyOf(past) })
      }
    },
    /** Notes what was owned just after an entry. Before the first one there is the opening. */
    step: (entry: JournalEntry, atMs: number): void => {
      endStep(atMs)
      if (stepsLeft === 0 || !isMovement(entry)) return
      stepsLeft -= 1
      noteBetween(atMs)
      stepMs = atMs
    },
    rest: (ownedAt: (atMs: number) => PastOwned | undefined): void => {
      endStep(-Infinity)
      for (; noted < moments.length; noted += 1) {
        const atMs = moments[noted] ?? -Infinity
        const owned = ownedAt(atMs)
        if (!owned) return
        possessions.push({ atMs, ...owned })
      }
    },
  }
}

function keepTrade(
  trades: Map<string, TradePrice[]>,
  { assetId, price, ...entry }: JournalEntry,
  atMs: number,
): void {
  if (assetId === undefined || price === undefined || !hasMoved(entry, assetId)) return
  const known = trades.get(assetId)
  if (known) known.push({ atMs, price })
  else trades.set(assetId, [{ atMs, price }])
}

/**
 * Walks from what is owned now back through the journal, and notes what was owned at each moment. The first moment is
 * now: nothing is taken back from it, even where the clock of another process was ahead. The newest movements, up to
 * `mostSteps`, have further moments just before and after them, so that each is a step and no slope to the next moment.
 */
export function startRewind(now: Owned, moments: readonly number[], mostSteps = 0): Rewind {
  const past: Past = { ...now, quantities: new Map(now.quantities), paidInSince: zeroUsd }
  const notes = createNotes(past, moments, mostSteps)
  const trades = new Map<string, TradePrice[]>()
  let opening: Opening | undefined
  notes.from(Infinity)
  return {
    possessions: notes.possessions,
    trades,
    averagePrices: new Map(),
    opening: () => opening,
    isComplete: notes.isComplete,
    noteRest: notes.rest,
    undo: (entry) => {
      const atMs = Date.parse(entry.createdAt)
      notes.from(atMs)
      notes.step(entry, atMs)
      keepTrade(trades, entry, atMs)
      if (entry.sequence === 1n) opening = { atMs, ...copyOf(past), paidIn: paidInBy(entry) }
      takeBack(past, entry)
    },
  }
}
