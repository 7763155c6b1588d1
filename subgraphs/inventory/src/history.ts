import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '@cnop/kit/clock'
import type { Price } from '@cnop/kit/money'
import type { Candle, CandleReader } from '@cnop/quotes/candles'
import { intervalMs } from '@cnop/quotes/candle'
import { type CandleRange, rangeOf } from './domain/candle-range.ts'

/** The past of an asset. */
export interface History {
  candles(assetId: string, range: CandleRange): Promise<readonly Candle[]>
  /** Closing prices of the last seven days by the hour. */
  sparkline(assetId: string): Promise<readonly Price[]>
}

const maxKept = 2_000
const hourMs = intervalMs['1h']
const sparklineHours = 168

/** Reads history through a small memory: sparklines last an hour, candles a few seconds, and few of either are kept. */
export function createHistory(reader: CandleReader, now: Clock): History {
  const sparklines = keepWhile<readonly Price[]>(now, hourMs)
  const candles = keepWhile<readonly Candle[]>(now, 5_000)
  return {
    sparkline: (assetId) =>
      sparklines(assetId, async () => {
        const toMs = Math.floor(now() / hourMs) * hourMs
        const fromMs = toMs - sparklineHours * hourMs
        return reader.readCloses({ assetId, interval: '1h', fromMs, toMs })
      }),
    candles: (assetId, range) =>
      candles(`${range}/${assetId}`, async () => {
        const { lengthMs, interval } = rangeOf[range]
        const toMs = now()
        // The candle under way counts, so that a range has as many candles as fit into it.
        const fromMs = toMs - lengthMs + intervalMs[interval]
        return reader.read({ assetId, interval, fromMs, toMs })
      }),
  }
}

type Keep<Value> = (name: string, compute: () => Promise<Value>) => Promise<Value>

/** Remembers values until a stretch of time is over; whoever asks at once shares one computation. */
function keepWhile<Value>(now: Clock, stretchMs: number): Keep<Value> {
  const kept = new Map<string, { readonly stretch: number; readonly value: Promise<Value> }>()
  let queue: Promise<unknown> = Promise.resolve()
  return (name, compute) => {
    const stretch = Math.floor(now() / stretchMs)
    const present = kept.get(name)
    if (present?.stretch === stretch) return present.value
    // One after the other, with a turn for everyone else in between: a long list must not hold up the process.
    const value = queue.then(() => nextTurn()).then(compute)
    queue = value.catch(() => kept.delete(name))
    kept.delete(name)
    kept.set(name, { stretch, value })
    const [oldest] = kept.keys()
    if (kept.size > maxKept && oldest !== undefined) kept.delete(oldest)
    return value
  }
}
