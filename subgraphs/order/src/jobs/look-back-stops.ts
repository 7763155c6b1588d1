import { setImmediate as nextTurn } from 'node:timers/promises'
import { toIso } from '@cnop/kit/clock'
import { type Candle, type CandleInterval, intervalFor, intervalMs } from '@cnop/quotes/candle'
import type { CandleReader } from '@cnop/quotes/candles'
import type { Deps } from '../deps.ts'
import { bookDirection, waitingSideOf } from '../domain/book.ts'
import { type OrderSide, orderSides } from '../domain/order.ts'
import { anyPrice } from '../domain/stop.ts'
import type { Stretch } from '../domain/trigger.ts'
import { readStopsWatched, saveStopsWatched } from '../store/stops-watched.ts'
import { followBook, type Look, stopBook, stopBooks, type StopMemory } from './stop-books.ts'

export interface LookBack {
  readonly candles: CandleReader
  readonly memory: StopMemory
  /** Ends the look early. */
  readonly signal: AbortSignal
}

/** Candles are recorded some minutes after their prices. */
const overlapMs = 300_000
/** How far the first look of all goes back. */
const firstLookMs = 86_400_000
/** The most looks at one book: each triggers a bounded number of orders. */
const mostLooks = 50

/**
 * A stop price may be reached and left again while no process listens, or by a tick that was lost. This compares the stop orders with
 * the candles since the last such comparison, whose time is kept in the store. Only accepted prices are in them. A candle that
 * began before the price by which an order was placed says nothing about it.
 */
export async function lookBackStops(deps: Deps, look: LookBack): Promise<void> {
  const toMs = deps.now()
  const sinceMs = ((await readStopsWatched(deps.store)) ?? toMs - firstLookMs) - overlapMs
  const interval = intervalFor(toMs - sinceMs)
  if (!interval) return
  const span = { interval, fromMs: sinceMs, toMs }
  let isComplete = true
  for (const { assetId } of await deps.quotes.all()) {
    if (look.signal.aborted) return
    const sides = orderSides.filter((side) => isWaitedFor(look.memory, assetId, side))
    if (sides.length === 0) continue
    isComplete = (await lookAtAsset(deps, look, { assetId, sides, span })) && isComplete
    // Candles of the simulated market are computed: yields to the event loop in between.
    await nextTurn()
  }
  if (isComplete) await saveStopsWatched(deps.store, toMs)
}

function isWaitedFor({ edges }: StopMemory, assetId: string, side: OrderSide): boolean {
  const waiting = waitingSideOf(stopBook(assetId, side))
  // A stop buy is reached from below: by the highest price of all.
  return edges.mayTrigger(waiting, anyPrice(side))
}

interface PastOfAsset {
  readonly assetId: string
  readonly sides: readonly OrderSide[]
  readonly span: {
    readonly interval: CandleInterval
    readonly fromMs: number
    readonly toMs: number
  }
}

/** Whether every order that the past has reached is triggered. */
async function lookAtAsset(
  deps: Deps,
  { candles, memory }: LookBack,
  { assetId, sides, span }: PastOfAsset,
): Promise<boolean> {
  try {
    const past = await candles.read({ assetId, ...span })
    let isComplete = true
    for (const side of sides) {
      const seen = past.map((candle) => stretchOf(candle, side, span))
      isComplete = (await triggerAll(deps, memory, { assetId, side, seen })) && isComplete
    }
    return isComplete
  } catch (error) {
    deps.log.warn(
      { action: 'order.match_failed', error, extra: { assetId } },
      'Stop orders could not be compared with the past.',
    )
    return false
  }
}

/**
 * What is certain of a candle: the price that reaches most stops of a side is compared with stops as they were before, because the best
 * price may have come after it; the last price came after both.
 */
function stretchOf(
  { startsAtMs, high, low, close }: Candle,
  side: OrderSide,
  { interval, toMs }: PastOfAsset['span'],
): Stretch {
  const isReachedAbove = bookDirection({ side, kind: 'STOP' }) === 'ABOVE'
  return {
    prices: isReachedAbove ? [high, low, close] : [low, high, close],
    from: toIso(startsAtMs),
    until: toIso(Math.min(startsAtMs + intervalMs[interval] - 1, toMs)),
  }
}

interface PastOfBook {
  readonly assetId: string
  readonly side: OrderSide
  readonly seen: readonly Stretch[]
}

async function triggerAll(
  deps: Deps,
  memory: StopMemory,
  { assetId, side, seen }: PastOfBook,
): Promise<boolean> {
  for (const book of stopBooks(assetId, side)) {
    if (!(await lookThrough(() => followBook(deps, memory, book, seen)))) return false
  }
  return true
}

async function lookThrough(lookOnce: () => Promise<Look>): Promise<boolean> {
  for (let looks = 0; looks < mostLooks; looks += 1) {
    const { hasMore, hasFailed } = await lookOnce()
    if (hasFailed) return false
    if (!hasMore) return true
  }
  return false
}
