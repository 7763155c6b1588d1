import { usdFromCents } from '@cnop/kit/money'
import type { Candle } from './candle.ts'

/** Two versions of the candle of one interval, the earlier one first. */
export function joinCandles(earlier: Candle, later: Candle): Candle {
  return {
    startsAtMs: earlier.startsAtMs,
    open: earlier.open,
    high: later.high > earlier.high ? later.high : earlier.high,
    low: later.low < earlier.low ? later.low : earlier.low,
    close: later.close,
    volume: later.volume > earlier.volume ? later.volume : earlier.volume,
  }
}

/** Puts new candles to the known ones of a row, in the order of time. */
export function mergeCandles(
  known: readonly Candle[],
  added: readonly Candle[],
  join: (known: Candle, added: Candle) => Candle,
): readonly Candle[] {
  const byStart = new Map(known.map((candle) => [candle.startsAtMs, candle]))
  for (const candle of added) {
    const present = byStart.get(candle.startsAtMs)
    byStart.set(candle.startsAtMs, present ? join(present, candle) : candle)
  }
  return [...byStart.values()].sort((a, b) => a.startsAtMs - b.startsAtMs)
}

/** Makes longer candles of shorter ones; volumes add up. */
export function widenCandles(candles: readonly Candle[], intervalMs: number): readonly Candle[] {
  const wide: Candle[] = []
  for (const candle of candles) {
    const startsAtMs = Math.floor(candle.startsAtMs / intervalMs) * intervalMs
    const last = wide.at(-1)
    if (last?.startsAtMs !== startsAtMs) {
      wide.push({ ...candle, startsAtMs })
      continue
    }
    const volume = usdFromCents(last.volume + candle.volume)
    wide[wide.length - 1] = { ...joinCandles(last, candle), volume }
  }
  return wide
}
