import type { Price } from '@cnop/kit/money'

/** A price that the market had at a moment. */
export interface SeenPrice {
  readonly price: Price
  /** When the market made it, as an ISO instant. */
  readonly quotedAt: string
}

/** What the market has shown of one asset since what waits for it was looked at. */
export interface SeenRange {
  readonly highest: SeenPrice
  readonly lowest: SeenPrice
  readonly latest: SeenPrice
  /** Where the price turned, in order, with the first and the last one: whatever was crossed was crossed between two of them. */
  readonly turns: readonly SeenPrice[]
}

/**
 * Remembers the extremes of every asset until what waits for it has been looked at. A price that comes and goes while the
 * store is slow or away was reached all the same.
 */
export interface SeenPrices {
  note(assetId: string, range: SeenRange): void
  /** Returns and deletes the prices seen of an asset. */
  take(assetId: string): SeenRange | undefined
}

/** One price is a range of its own. */
export const rangeOf = (seen: SeenPrice): SeenRange => ({
  highest: seen,
  lowest: seen,
  latest: seen,
  turns: [seen],
})

export function keepSeenPrices(): SeenPrices {
  const ranges = new Map<string, SeenRange>()
  return {
    note: (assetId, range) => {
      const known = ranges.get(assetId)
      ranges.set(assetId, known ? widenRange(known, range) : range)
    },
    take: (assetId) => {
      const range = ranges.get(assetId)
      ranges.delete(assetId)
      return range
    },
  }
}

/** The range of two stretches of time together. */
export function widenRange(a: SeenRange, b: SeenRange): SeenRange {
  return {
    highest: b.highest.price > a.highest.price ? b.highest : a.highest,
    lowest: b.lowest.price < a.lowest.price ? b.lowest : a.lowest,
    latest: b.latest.quotedAt > a.latest.quotedAt ? b.latest : a.latest,
    turns: turnsOf([...a.turns, ...b.turns]),
  }
}

/** More than a market makes between two looks; above it, the smallest swings are forgotten. */
const mostTurns = 64

const isRise = (from: SeenPrice, to: SeenPrice): boolean => to.price > from.price

/** Leaves out the prices on the way from one turn to the next. */
function turnsOf(prices: readonly SeenPrice[]): readonly SeenPrice[] {
  const turns: SeenPrice[] = []
  for (const seen of prices.toSorted(byTime)) {
    const [last, before] = [turns.at(-1), turns.at(-2)]
    if (last?.price === seen.price) continue
    if (last && before && isRise(before, last) === isRise(last, seen)) turns.pop()
    turns.push(seen)
    if (turns.length > mostTurns) turns.splice(smallestSwing(turns), 2)
  }
  return turns
}

function byTime(a: SeenPrice, b: SeenPrice): number {
  if (a.quotedAt === b.quotedAt) return 0
  return a.quotedAt < b.quotedAt ? -1 : 1
}

/** Where the smallest swing between two inner turns begins. Without the two, the price still turns at all others. */
function smallestSwing(turns: readonly SeenPrice[]): number {
  const heights = turns.slice(1, -1).map(({ price }, place, inner) => {
    const height = price - (inner[place + 1] ?? { price }).price
    return height < 0n ? -height : height
  })
  const swings = heights.slice(0, -1)
  const smallest = swings.reduce((least, height) => (height < least ? height : least))
  return swings.indexOf(smallest) + 1
}
