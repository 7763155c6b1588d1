import { type Price, priceFromUnits, type Usd } from '@cnop/kit/money'

/** The prices of one stretch of time. */
export interface Candle {
  readonly startsAtMs: number
  readonly open: Price
  readonly high: Price
  readonly low: Price
  readonly close: Price
  readonly volume: Usd
}

const candleIntervals = ['1m', '5m', '1h', '4h', '1d'] as const
export type CandleInterval = (typeof candleIntervals)[number]

export const intervalMs: Readonly<Record<CandleInterval, number>> = {
  '1m': 60_000,
  '5m': 300_000,
  '1h': 3_600_000,
  '4h': 14_400_000,
  '1d': 86_400_000,
}

/** How many candles a look at the past may take; a longer past is looked at in longer candles. */
const mostCandles = 500

/** The shortest candles of which a bounded number covers a span of time; undefined for a span beyond all history. */
export const intervalFor = (spanMs: number): CandleInterval | undefined =>
  candleIntervals.find((interval) => spanMs / intervalMs[interval] <= mostCandles)

/** The highest and lowest of several prices. */
export function extremes(prices: readonly Price[]): { readonly high: Price; readonly low: Price } {
  let [high, low] = [prices[0] ?? priceFromUnits(0n), prices[0] ?? priceFromUnits(0n)]
  for (const price of prices) {
    if (price > high) high = price
    if (price < low) low = price
  }
  return { high, low }
}
