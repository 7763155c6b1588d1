import type { Log } from '@cnop/kit/log'
import { type Price, type Usd, usdFromCents } from '@cnop/kit/money'
import { type Candle, intervalMs } from './candle.ts'
import { joinCandles } from './candle-merge.ts'
import { type CandleStore, storeCandles } from './candle-rows.ts'
import { type CandleSeries, candleSeries, seriesFor } from './candle-series.ts'

/** The price of an asset at a moment, and what was traded in the 24 hours before. */
export interface PriceSample {
  readonly assetId: string
  readonly price: Price
  readonly dailyVolume: Usd | undefined
}

/** Rolls samples up into candles of every length and stores them. One process records at a time. */
export interface CandleRecorder {
  record(samples: readonly PriceSample[], timeMs: number): void
  /** Stores the series whose turn it is. */
  flushDue(timeMs: number): Promise<void>
  /** Stores everything. */
  flush(): Promise<void>
}

type Pending = Map<string, Map<number, Candle>>

export function openCandleRecorder(store: CandleStore & { readonly log: Log }): CandleRecorder {
  const series = candleSeries.map((one) => ({
    ...one,
    pending: new Map() as Pending,
    flushedAtMs: 0,
  }))

  async function flushOne(one: (typeof series)[number]): Promise<void> {
    if (one.pending.size === 0) return
    const taken = one.pending
    one.pending = new Map()
    const batches = [...taken].map(([assetId, candles]) => ({
      assetId,
      candles: [...candles.values()],
    }))
    try {
      await storeCandles(store, one, batches, joinCandles)
    } catch (error) {
      // What could not be stored waits for the next turn, in front of what has come meanwhile.
      const meanwhile = one.pending
      one.pending = taken
      for (const [assetId, candles] of meanwhile) {
        for (const candle of candles.values()) add(one.pending, assetId, candle)
      }
      store.log.warn(
        { action: 'candles.unstored', error, extra: { interval: one.interval } },
        'Candles wait.',
      )
    }
  }

  return {
    record: (samples, timeMs) => {
      for (const one of series) {
        for (const sample of samples)
          add(one.pending, sample.assetId, candleOf(one, sample, timeMs))
      }
    },
    flushDue: async (timeMs) => {
      for (const one of series) {
        if (one.flushedAtMs === 0) one.flushedAtMs = timeMs
        if (timeMs - one.flushedAtMs < one.flushMs) continue
        one.flushedAtMs = timeMs
        await flushOne(one)
      }
    },
    flush: async () => {
      for (const one of series) await flushOne(one)
    },
  }
}

/** Samples that wait for the store stay bounded: a store that is away for hours costs the oldest candles. */
const maxPendingPerAsset = 200

function add(pending: Pending, assetId: string, candle: Candle): void {
  const candles = pending.get(assetId) ?? new Map<number, Candle>()
  pending.set(assetId, candles)
  const present = candles.get(candle.startsAtMs)
  candles.set(candle.startsAtMs, present ? joinCandles(present, candle) : candle)
  const [oldest] = candles.keys()
  if (candles.size > maxPendingPerAsset && oldest !== undefined) candles.delete(oldest)
}

const dayMs = 86_400_000

/** Where a feed has the volume of a day only, each candle gets an even share of it. */
function candleOf(
  series: CandleSeries,
  { price, dailyVolume }: PriceSample,
  timeMs: number,
): Candle {
  const length = intervalMs[series.interval]
  const volume = usdFromCents(((dailyVolume ?? 0n) * BigInt(length)) / BigInt(dayMs))
  const startsAtMs = Math.floor(timeMs / length) * length
  return { startsAtMs, open: price, high: price, low: price, close: price, volume }
}

export interface HourlyHistory {
  readonly assetId: string
  /** Prices an hour apart, the oldest first. */
  readonly prices: readonly Price[]
  readonly dailyVolume: Usd | undefined
}

/**
 * Fills the time before recording began: the hours, and the last day's five-minute candles as far as hourly prices reach
 * them, so that a day's chart and range begin with a day. What was recorded always wins.
 */
export async function backfillHistory(
  store: CandleStore,
  histories: readonly HourlyHistory[],
  endMs: number,
): Promise<void> {
  const shapes = [
    ['1h', hourlyCandles],
    ['5m', momentCandles],
  ] as const
  for (const [interval, toCandles] of shapes) {
    const series = seriesFor(interval)
    if (!series) continue
    const batches = histories.map((history) => ({
      assetId: history.assetId,
      candles: toCandles(history, endMs),
    }))
    await storeCandles(store, series, batches, (known) => known)
  }
}

const hourMs = intervalMs['1h']

/** The last price is the one of the hour under way. */
function hourOf(place: number, count: number, endMs: number): number {
  return Math.floor(endMs / hourMs) * hourMs - (count - 1 - place) * hourMs
}

function hourlyCandles({ prices, dailyVolume }: HourlyHistory, endMs: number): readonly Candle[] {
  const volume = usdFromCents((dailyVolume ?? 0n) / 24n)
  return prices.slice(0, -1).map((open, place) => {
    const close = prices[place + 1] ?? open
    const startsAtMs = hourOf(place, prices.length, endMs)
    const [high, low] = open > close ? [open, close] : [close, open]
    return { startsAtMs, open, high, low, close, volume }
  })
}

/** The prices of the last 24 hours, each as the candle that begins at its moment. */
function momentCandles({ prices, dailyVolume }: HourlyHistory, endMs: number): readonly Candle[] {
  const volume = usdFromCents((dailyVolume ?? 0n) / BigInt(dayMs / intervalMs['5m']))
  return prices
    .map((price, place) => {
      const startsAtMs = hourOf(place, prices.length, endMs)
      return { startsAtMs, open: price, high: price, low: price, close: price, volume }
    })
    .slice(-25, -1)
}
