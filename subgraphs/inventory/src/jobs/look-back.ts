import { setImmediate as nextTurn } from 'node:timers/promises'
import { toIso } from '@cnop/kit/clock'
import { type Candle, intervalFor, intervalMs } from '@cnop/quotes/candle'
import type { CandleReader } from '@cnop/quotes/candles'
import { rangeOf, type SeenRange, widenRange } from '@cnop/quotes/seen-prices'
import type { Deps } from '../deps.ts'
import { announceWatchFailure } from '../events.ts'
import type { PriceWatch } from './watch-prices.ts'

export interface LookBackDeps extends Pick<Deps, 'quotes' | 'now' | 'log'> {
  readonly candles: CandleReader
  /** Ends the look early. */
  readonly signal: AbortSignal
}

/**
 * A price may be reached and left again while no process listens. This looks at the candles since the last tick of
 * before, as far as the market has any; one that began before that tick would repeat prices that were processed already.
 */
export async function lookBack(
  deps: LookBackDeps,
  watch: PriceWatch,
  lastTickAt: string,
): Promise<void> {
  const [sinceMs, toMs] = [Date.parse(lastTickAt), deps.now()]
  const interval = intervalFor(toMs - sinceMs)
  if (!interval) return
  const fromMs = Math.ceil(sinceMs / intervalMs[interval]) * intervalMs[interval]
  if (fromMs >= toMs) return
  // After its first run the watch knows which assets have waiting alerts.
  await watch.settled()
  for (const quote of await deps.quotes.all()) {
    const { assetId } = quote
    if (deps.signal.aborted) return
    if (!watch.isWaitedFor(assetId)) continue
    try {
      const candles = await deps.candles.read({ assetId, interval, fromMs, toMs })
      const range = rangeOfCandles(candles)
      if (range) watch.checkPast(quote, range)
    } catch (error) {
      announceWatchFailure(deps.log, error, assetId)
    }
    // Candles of the simulated market are computed: yields to the event loop in between.
    await nextTurn()
  }
}

function rangeOfCandles(candles: readonly Candle[]): SeenRange | undefined {
  const [first, ...others] = candles.map(rangeOfCandle)
  return first && others.reduce(widenRange, first)
}

/** A candle does not say which came first: in one that rises it was the low, which is how most rise. */
function rangeOfCandle({ startsAtMs, open, high, low, close }: Candle): SeenRange {
  const way = close < open ? [open, high, low, close] : [open, low, high, close]
  return way
    .map((price, place) => rangeOf({ price, quotedAt: toIso(startsAtMs + place) }))
    .reduce(widenRange)
}
