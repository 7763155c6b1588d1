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

export type CandleInterval = '1m' | '5m' | '1h' | '4h' | '1d'

export const intervalMs: Readonly<Record<CandleInterval, number>> = {
  '1m': 60_000,
  '5m': 300_000,
  '1h': 3_600_000,
  '4h': 14_400_000,
  '1d': 86_400_000,
}

/** The highest and lowest of several prices. */
export function extremes(prices: readonly Price[]): { readonly high: Price; readonly low: Price } {
  let [high, low] = [prices[0] ?? priceFromUnits(0n), prices[0] ?? priceFromUnits(0n)]
  for (const price of prices) {
    if (price > high) high = price
    if (price < low) low = price
  }
  return { high, low }
}
