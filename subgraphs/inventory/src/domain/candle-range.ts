import type { CandleInterval } from '@cnop/quotes/candle'

export type CandleRange = 'HOUR' | 'DAY' | 'WEEK' | 'MONTH' | 'YEAR'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

interface RangeOfTime {
  readonly lengthMs: number
  readonly interval: CandleInterval
}

/** How far back a range goes, and how long its candles are. */
export const rangeOf: Readonly<Record<CandleRange, RangeOfTime>> = {
  HOUR: { lengthMs: hourMs, interval: '1m' },
  DAY: { lengthMs: dayMs, interval: '5m' },
  WEEK: { lengthMs: 7 * dayMs, interval: '1h' },
  MONTH: { lengthMs: 30 * dayMs, interval: '4h' },
  YEAR: { lengthMs: 365 * dayMs, interval: '1d' },
}
