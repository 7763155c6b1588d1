import { addUsd, formatUsd, parseUsd } from '@cnop/kit/money'
import type { CandleRange } from '../generated/graphql.ts'
import { i18n } from '../i18n.ts'

export type Candle = {
  readonly startsAt: string
  readonly open: string
  readonly high: string
  readonly low: string
  readonly close: string
  /** The value traded, in US dollars; null while it is not known. */
  readonly volume: string | null
}

export const intervals = [
  { value: '1m', label: i18n.t('1 minute'), lengthMs: 60_000 },
  { value: '5m', label: i18n.t('5 minutes'), lengthMs: 300_000 },
  { value: '15m', label: i18n.t('15 minutes'), lengthMs: 900_000 },
  { value: '1h', label: i18n.t('1 hour'), lengthMs: 3_600_000 },
  { value: '4h', label: i18n.t('4 hours'), lengthMs: 14_400_000 },
  { value: '1d', label: i18n.t('1 day'), lengthMs: 86_400_000 },
] as const

export type Interval = (typeof intervals)[number]['value']

export const intervalOf = (value: Interval) =>
  intervals.find((interval) => interval.value === value) ?? intervals[0]

/** The API has one length of candles for a range, the first interval. Longer ones are put together from those. */
export const ranges = [
  {
    value: 'HOUR',
    label: i18n.t('1H'),
    words: i18n.t('the last hour'),
    everyMs: 10_000,
    serves: ['1m'],
  },
  {
    value: 'DAY',
    label: i18n.t('1D'),
    words: i18n.t('the last day'),
    everyMs: 30_000,
    serves: ['5m', '15m', '1h'],
  },
  {
    value: 'WEEK',
    label: i18n.t('1W'),
    words: i18n.t('the last week'),
    everyMs: 60_000,
    serves: ['1h', '4h'],
  },
  {
    value: 'MONTH',
    label: i18n.t('1M'),
    words: i18n.t('the last 30 days'),
    everyMs: 300_000,
    serves: ['4h', '1d'],
  },
  {
    value: 'YEAR',
    label: i18n.t('1Y'),
    words: i18n.t('the last year'),
    everyMs: 600_000,
    serves: ['1d'],
  },
] as const satisfies readonly {
  readonly value: CandleRange
  readonly serves: readonly Interval[]
  readonly [more: string]: unknown
}[]

/** What a chart shows: how far back, in candles of which length. */
export type Stretch = { readonly range: CandleRange; readonly interval: Interval }

export const rangeOf = (range: CandleRange) =>
  ranges.find(({ value }) => value === range) ?? ranges[1]

const doesServe = (range: CandleRange, interval: Interval): boolean =>
  rangeOf(range).serves.some((served) => served === interval)

/** Another range: with the same interval where it has that one, otherwise with its shortest. */
export const withRange = ({ interval }: Stretch, range: CandleRange): Stretch => ({
  range,
  interval: doesServe(range, interval) ? interval : rangeOf(range).serves[0],
})

/** Another interval: in the same range where that one has it, otherwise in the longest range that has it. */
export function withInterval({ range }: Stretch, interval: Interval): Stretch {
  if (doesServe(range, interval)) return { range, interval }
  const longest = ranges.findLast(({ value }) => doesServe(value, interval))
  return { range: longest?.value ?? range, interval }
}

const startMs = ({ startsAt }: Candle): number => Date.parse(startsAt)

const higher = (one: string, other: string): string => (Number(other) > Number(one) ? other : one)
const lower = (one: string, other: string): string => (Number(other) < Number(one) ? other : one)

function join(one: Candle, next: Candle): Candle {
  const areKnown = one.volume !== null && next.volume !== null
  return {
    ...one,
    high: higher(one.high, next.high),
    low: lower(one.low, next.low),
    close: next.close,
    volume: areKnown ? formatUsd(addUsd(parseUsd(one.volume), parseUsd(next.volume))) : null,
  }
}

/**
 * Longer candles, put together from shorter ones. A first one that lacks its beginning is left out, because its first price is not
 * known.
 */
export function widen(candles: readonly Candle[], interval: Interval): readonly Candle[] {
  const { lengthMs } = intervalOf(interval)
  const wide: Candle[] = []
  for (const candle of candles) {
    const beginsMs = Math.floor(startMs(candle) / lengthMs) * lengthMs
    const last = wide.at(-1)
    if (last && startMs(last) === beginsMs) wide[wide.length - 1] = join(last, candle)
    else if (wide.length > 0 || startMs(candle) === beginsMs) {
      wide.push({ ...candle, startsAt: new Date(beginsMs).toISOString() })
    }
  }
  // With candles of this length there is nothing to put together.
  return wide.length === candles.length ? candles : wide
}

type Now = { readonly price: string; readonly quotedAt: string }

/**
 * The candles with the displayed price, which may be newer than they are: it moves the last one, or begins the next one, whose
 * volume is not known yet.
 */
export function carryOn(
  candles: readonly Candle[],
  now: Now | undefined,
  interval: Interval,
): readonly Candle[] {
  const last = candles.at(-1)
  if (!last || !now || Date.parse(now.quotedAt) < startMs(last)) return candles
  const { price } = now
  const { lengthMs } = intervalOf(interval)
  if (Date.parse(now.quotedAt) >= startMs(last) + lengthMs) {
    const beginsMs = Math.floor(Date.parse(now.quotedAt) / lengthMs) * lengthMs
    const startsAt = new Date(beginsMs).toISOString()
    return [
      ...candles,
      { startsAt, open: price, high: price, low: price, close: price, volume: null },
    ]
  }
  const { high, low } = last
  const moved = { ...last, close: price, high: higher(high, price), low: lower(low, price) }
  return [...candles.slice(0, -1), moved]
}

/** More than any range has. A page that stays open for longer drops its oldest candles. */
const mostCandles = 2_000

/** Newer candles after those that are drawn. Where they leave a gap, only the newer ones. */
export function append(
  drawn: readonly Candle[],
  next: readonly Candle[],
  interval: Interval,
): readonly Candle[] {
  const [first] = next
  const end = drawn.at(-1)
  if (!first || !end || startMs(first) > startMs(end) + intervalOf(interval).lengthMs) return next
  const before = drawn.filter((candle) => startMs(candle) < startMs(first))
  return before.length === 0 ? next : [...before, ...next].slice(-mostCandles)
}
