import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '@cnop/kit/clock'
import type { Price } from '@cnop/kit/money'
import type { Candle, CandleReader } from '@cnop/quotes/candles'
import { extremes, intervalMs } from '@cnop/quotes/candle'
import { type CandleRange, rangeOf } from './domain/candle-range.ts'

/** The past of an asset. */
export interface History {
  candles(assetId: string, range: CandleRange): Promise<readonly Candle[]>
  /** The highest and lowest price of the last 24 hours: those of the candles of a day, and the current price. */
  dayRange(asset: PricedAt): Promise<DayRange | undefined>
  /** Closing prices of the last seven days by the hour. */
  sparkline(assetId: string): Promise<readonly Price[]>
}

export interface DayRange {
  readonly high: Price
  readonly low: Price
}

/** An asset's last price and when it was made, as far as both are known. */
export interface PricedAt {
  readonly assetId: string
  readonly price: Price | undefined
  readonly quotedAt: string | undefined
}

const maxKept = 2_000
const hourMs = intervalMs['1h']
const dayMs = 24 * hourMs
const sparklineHours = 168
const runningMs = 5_000

/**
 * Reads history through a small memory: sparklines last an hour, candles whose time is over up to five minutes, the one
 * under way a few seconds, and few of each are kept.
 */
export function createHistory(reader: CandleReader, now: Clock): History {
  const sparklines = keepWhile<readonly Price[]>(now, hourMs)
  const running = keepWhile<readonly Candle[]>(now, runningMs)
  const ended = {
    '1m': keepWhile<readonly Candle[]>(now, intervalMs['1m']),
    longer: keepWhile<readonly Candle[]>(now, intervalMs['5m']),
  }
  const candles: History['candles'] = async (assetId, range) => {
    const { lengthMs, interval } = rangeOf[range]
    const name = `${range}/${assetId}`
    const startMs = Math.floor(now() / intervalMs[interval]) * intervalMs[interval]
    const keepEnded = interval === '1m' ? ended['1m'] : ended.longer
    const before = keepEnded(name, () =>
      // The candle under way counts, so that a range has as many candles as fit into it.
      reader.read({
        assetId,
        interval,
        fromMs: startMs - lengthMs + intervalMs[interval],
        toMs: startMs,
      }),
    )
    const last = running(name, () =>
      reader.read({ assetId, interval, fromMs: startMs, toMs: now() }),
    )
    return [...(await before), ...(await last)]
  }
  return {
    candles,
    sparkline: (assetId) =>
      sparklines(assetId, async () => {
        const toMs = Math.floor(now() / hourMs) * hourMs
        const fromMs = toMs - sparklineHours * hourMs
        return reader.readCloses({ assetId, interval: '1h', fromMs, toMs })
      }),
    dayRange: async ({ assetId, price, quotedAt }) => {
      const day = await candles(assetId, 'DAY')
      const isOfToday = quotedAt !== undefined && now() - Date.parse(quotedAt) <= dayMs
      const current = price !== undefined && isOfToday ? [price] : []
      const prices = [...day.flatMap(({ high, low }) => [high, low]), ...current]
      return prices.length === 0 ? undefined : extremes(prices)
    },
  }
}

type Keep<Value> = (name: string, compute: () => Promise<Value>) => Promise<Value>

/** Caches values for a period; concurrent requests share one computation. */
function keepWhile<Value>(now: Clock, stretchMs: number): Keep<Value> {
  const kept = new Map<string, { readonly stretch: number; readonly value: Promise<Value> }>()
  let queue: Promise<unknown> = Promise.resolve()
  return (name, compute) => {
    const stretch = Math.floor(now() / stretchMs)
    const present = kept.get(name)
    if (present?.stretch === stretch) return present.value
    // Sequentially, yielding to the event loop: a long list must not block the process.
    const value = queue.then(() => nextTurn()).then(compute)
    queue = value.catch(() => kept.delete(name))
    kept.delete(name)
    kept.set(name, { stretch, value })
    const [oldest] = kept.keys()
    if (kept.size > maxKept && oldest !== undefined) kept.delete(oldest)
    return value
  }
}
