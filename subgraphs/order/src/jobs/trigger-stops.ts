import { activityOf } from '@cnop/kit/activity'
import { price as parsePrice } from '@cnop/kit/money'
import { repeat } from '@cnop/kit/repeat'
import type { CandleReader } from '@cnop/quotes/candles'
import { learnWaiting, relearnAfterGap } from '@cnop/quotes/learn-waiting'
import { keepNearestWaiting, type WaitingPrice } from '@cnop/quotes/nearest-waiting'
import { isTraded, type Quote } from '@cnop/quotes/quote'
import { keepSeenPrices, rangeOf, type SeenPrices, type SeenRange } from '@cnop/quotes/seen-prices'
import { keepTicks, type TickQueue } from '@cnop/quotes/tick-queue'
import { stopsWaiting } from '@cnop/schema/events'
import type { Deps } from '../deps.ts'
import { placesOf, waitingSideOf } from '../domain/book.ts'
import { orderSides } from '../domain/order.ts'
import type { Stretch } from '../domain/trigger.ts'
import { listAllWaiting } from '../store/orders.ts'
import { lookBackStops } from './look-back-stops.ts'
import { cancelBook, followBook, stopBook, stopBooks, type StopMemory } from './stop-books.ts'

export interface StopOptions {
  readonly ordersPerTick: number
  /** How long the cached nearest stop prices are valid. */
  readonly refreshMs: number
  /** How often the stop orders are compared with the recorded market. */
  readonly lookBackMs: number
  readonly delistedIntervalMs: number
}

export interface StopWatch {
  /** Resolves when every tick received so far has been processed. */
  readonly settled: () => Promise<void>
  /** Compares the stop orders with the recorded market, as happens regularly. */
  readonly lookBack: () => Promise<void>
  close(): Promise<void>
}

const restMs = 300_000
const rowsPerReadOfAll = 1_000

const isDelisted = ({ delistedAt }: Quote): boolean => delistedAt !== undefined

/**
 * Triggers stop orders and moves the stops of trailing ones as prices tick, and cancels those whose asset was delisted. A tick of a halted asset triggers nothing. Any number
 * of processes may run it: an order is triggered on condition that it waits, so it is once. What no tick showed is found by
 * looking back over the recorded market, at the start, after a gap and again and again.
 */
export async function startStops(
  deps: Deps,
  candles: CandleReader,
  options: StopOptions,
): Promise<StopWatch> {
  const activity = activityOf(deps.store.db)
  const edges = keepNearestWaiting(deps.now, options.refreshMs)
  const memory: StopMemory = { edges, limit: options.ordersPerTick }
  const seen = keepSeenPrices()
  const queue = keepTicks((quote) =>
    isDelisted(quote)
      ? cancelAll(deps, memory, quote.assetId)
      : lookAt(deps, memory, seen, quote.assetId),
  )
  const onTick = (quotes: readonly Quote[]): void => noteTick(quotes, seen, queue)
  const ending = new AbortController()
  const lookBack = () => tryLookBack(deps, { candles, memory, signal: ending.signal })
  const relearn = relearnAfterGap(edges, activity)
  const unsubscribe = await deps.bus.subscribe(stopsWaiting, {
    onMessage: ({ assetId, side, kind, stopPrice }) => {
      edges.note(waitingSideOf({ assetId, side, kind }), parsePrice(stopPrice))
      void activity.wake()
      // The price may have moved while the order was written, and a market that ticks rarely does not repeat it soon.
      void deps.quotes.current(assetId).then((quote) => quote && onTick([quote]))
    },
    onGap: () => {
      relearn()
      void lookBack()
    },
  })
  const read = () => readWaiting(deps)
  const learning = await learnWaiting({ edges, activity, refreshMs: options.refreshMs, read })
  const stopTicks = deps.quotes.onTick(onTick)
  onTick(await deps.quotes.all())
  const rest = { activity, pauseMs: restMs }
  const lookForDelisted = async () => queue.add((await deps.quotes.all()).filter(isDelisted))
  const delisted = repeat(lookForDelisted, options.delistedIntervalMs, rest)
  await lookBack()
  const lookingBack = repeat(lookBack, options.lookBackMs, rest)
  return {
    settled: queue.settled,
    lookBack,
    close: async () => {
      ending.abort()
      await Promise.all([delisted.stop(), learning.stop(), lookingBack.stop()])
      stopTicks()
      unsubscribe()
      await queue.close()
    },
  }
}

/** Nothing is triggered by the price of a halted asset. */
function noteTick(quotes: readonly Quote[], seen: SeenPrices, queue: TickQueue): void {
  const traded = quotes.filter(isTraded)
  for (const quote of traded) seen.note(quote.assetId, rangeOf(quote))
  queue.add([...traded, ...quotes.filter(isDelisted)])
}

/** Undefined when there is too much to read in one call. */
async function readWaiting(deps: Deps): Promise<readonly WaitingPrice[] | undefined> {
  try {
    const orders = await listAllWaiting(deps.store, rowsPerReadOfAll)
    const places = orders?.flatMap(placesOf).filter(({ book }) => book.kind !== 'LIMIT')
    return places?.map(({ book, price }) => ({ ...waitingSideOf(book), price }))
  } catch (error) {
    deps.log.warn({ action: 'order.match_failed', error }, 'Stop orders could not be read.')
    return undefined
  }
}

/** A look that fails is made again later: what it did not see is kept in the store. */
async function tryLookBack(deps: Deps, look: Parameters<typeof lookBackStops>[1]): Promise<void> {
  try {
    await lookBackStops(deps, look)
  } catch (error) {
    deps.log.warn(
      { action: 'order.match_failed', error },
      'Stop orders could not be compared with the past.',
    )
  }
}

/** The prices of a range as the market showed them, one after the other. */
const stretchesOf = ({ highest, lowest, latest }: SeenRange): readonly Stretch[] =>
  [highest, lowest, latest]
    .sort((a, b) => (a.quotedAt < b.quotedAt ? -1 : 1))
    .map(({ price, quotedAt }) => ({ prices: [price], from: quotedAt, until: quotedAt }))

/** Triggers or moves what the prices of an asset since the last look have reached; true when there is more than one look may change. */
async function lookAt(
  deps: Deps,
  memory: StopMemory,
  seenPrices: SeenPrices,
  assetId: string,
): Promise<boolean> {
  const range = seenPrices.take(assetId)
  if (!range) return false
  const looks = []
  const seen = stretchesOf(range)
  for (const book of orderSides.flatMap((side) => stopBooks(assetId, side))) {
    looks.push(await followBook(deps, memory, book, seen))
  }
  const hasMore = looks.some((look) => look.hasMore)
  // What was not looked at completely is looked at again with the same prices, now or at the next tick.
  if (hasMore || looks.some((look) => look.hasFailed)) seenPrices.note(assetId, range)
  return hasMore
}

async function cancelAll(deps: Deps, memory: StopMemory, assetId: string): Promise<boolean> {
  const looks = []
  for (const side of orderSides) {
    looks.push(await cancelBook(deps, memory, stopBook(assetId, side)))
  }
  return looks.some(({ hasMore }) => hasMore)
}
