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
  }
}
