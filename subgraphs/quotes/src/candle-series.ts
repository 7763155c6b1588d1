import { type CandleInterval, intervalMs } from './candle.ts'

/** How candles of one length are packed: a row holds those whose start shares a prefix of its ISO text. */
export interface CandleSeries {
  readonly interval: CandleInterval
  /** 13 characters are an hour, 10 a day, 7 a month, 4 a year: every row stays below 60 KB. */
  readonly prefixLength: 13 | 10 | 7 | 4
  /** For how long a row is kept after the candle that was written last. */
  readonly keepMs: number
  /** New candles are written this often, because a whole row is written each time. */
  readonly flushMs: number
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs

export const candleSeries: readonly CandleSeries[] = [
  { interval: '1m', prefixLength: 13, keepMs: 2 * dayMs, flushMs: 60_000 },
  { interval: '5m', prefixLength: 10, keepMs: 10 * dayMs, flushMs: 300_000 },
  { interval: '1h', prefixLength: 7, keepMs: 400 * dayMs, flushMs: hourMs / 2 },
  { interval: '1d', prefixLength: 4, keepMs: 4_000 * dayMs, flushMs: 2 * hourMs },
]

/** The recorded series that candles of an interval come from; the longest one that fits into it. */
export function seriesFor(interval: CandleInterval): CandleSeries | undefined {
  return candleSeries.findLast((series) => intervalMs[interval] % intervalMs[series.interval] === 0)
}

/** The row of a candle. */
export const bucketOf = (series: CandleSeries, startsAtMs: number): string =>
  new Date(startsAtMs).toISOString().slice(0, series.prefixLength)

export const candleKey = (
  assetId: string,
  interval: CandleInterval,
  bucket: string,
): { readonly pk: string; readonly sk: string } => ({
  pk: `CANDLES#${assetId}`,
  sk: `${interval}#${bucket}`,
})
