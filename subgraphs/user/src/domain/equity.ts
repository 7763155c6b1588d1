import {
  addUsd,
  notional,
  type Price,
  type Quantity,
  subtractUsd,
  type Usd,
  zeroUsd,
} from '@cnop/kit/money'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** How far back a history goes, and how far apart its points are: at ends of the candles of `interval`. */
export const historyRanges = {
  DAY: { lengthMs: dayMs, stepMs: 5 * minuteMs, interval: '5m', beginsExactly: true },
  WEEK: { lengthMs: 7 * dayMs, stepMs: hourMs, interval: '1h', beginsExactly: false },
  MONTH: { lengthMs: 30 * dayMs, stepMs: 4 * hourMs, interval: '4h', beginsExactly: false },
  YEAR: { lengthMs: 365 * dayMs, stepMs: dayMs, interval: '1d', beginsExactly: false },
  MAX: { lengthMs: 3 * 365 * dayMs, stepMs: 3 * dayMs, interval: '1d', beginsExactly: false },
} as const
export type HistoryRange = keyof typeof historyRanges

/**
 * The moments of a history, newest first: now, and every whole step before it. A day also has the moment 24 hours ago,
 * where the market knows prices from, so that its profit is the day change.
 */
export function momentsOf(range: HistoryRange, nowMs: number): readonly number[] {
  const { lengthMs, stepMs, beginsExactly } = historyRanges[range]
  const beginMs = nowMs - lengthMs
  const last = Math.ceil(nowMs / stepMs) * stepMs - stepMs
  const count = Math.floor((last - beginMs) / stepMs) + 1
  const steps = Array.from({ length: count }, (_, place) => last - place * stepMs)
  return [nowMs, ...steps, ...(beginsExactly && steps.at(-1) !== beginMs ? [beginMs] : [])]
}

/** Holdings and cash at one moment. */
export interface Possession {
  readonly atMs: number
  readonly cash: Usd
  readonly quantities: ReadonlyMap<string, Quantity>
  /** Cash that came in from outside after this moment, less what left. */
  readonly paidInSince: Usd
}

export interface Owned {
  readonly cash: Usd
  readonly quantities: ReadonlyMap<string, Quantity>
}

export type PastOwned = Owned & Pick<Possession, 'paidInSince'>

/** What was owned after an account's first entry, and what was paid in since. */
export interface Opening extends PastOwned {
  readonly atMs: number
  /** What the entry itself brought in from outside. */
  readonly paidIn: Usd
}

/**
 * A history of an account that is younger than its range begins with nothing, just before the first entry: what that
 * entry pays in is paid in within the range.
 */
export function noteOpening(
  possessions: Possession[],
  { paidIn, ...first }: Opening,
  moments: readonly number[],
): void {
  if (first.atMs <= (moments.at(-1) ?? Infinity)) return
  if ((possessions.at(-1)?.atMs ?? Infinity) > first.atMs) possessions.push(first)
  possessions.push({
    atMs: first.atMs - 1,
    cash: zeroUsd,
    quantities: new Map(),
    paidInSince: addUsd(first.paidInSince, paidIn),
  })
}

/** The price of an asset at a moment. */
export type PriceAt = (assetId: string, atMs: number) => Price

export interface EquityPoint {
  readonly at: string
  readonly total: Usd
  readonly cash: Usd
  readonly holdings: Usd
  readonly paidIn: Usd
}

/** Values what was owned at each moment, oldest first. */
export function valuePossessions(
  possessions: readonly Possession[],
  priceAt: PriceAt,
): readonly EquityPoint[] {
  const earliest = possessions.at(-1)?.paidInSince ?? zeroUsd
  return possessions.toReversed().map(({ atMs, cash, quantities, paidInSince }) => {
    const holdings = [...quantities].reduce(
      (sum, [assetId, quantity]) =>
        addUsd(sum, notional(priceAt(assetId, atMs), quantity, { round: 'down' })),
      zeroUsd,
    )
    const paidIn = subtractUsd(earliest, paidInSince)
    return {
      at: new Date(atMs).toISOString(),
      total: addUsd(cash, holdings),
      cash,
      holdings,
      paidIn,
    }
  })
}
