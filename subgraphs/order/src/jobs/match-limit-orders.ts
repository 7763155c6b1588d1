import { activityOf } from '@cnop/kit/activity'
import { type Price, price as parsePrice, priceFromUnits } from '@cnop/kit/money'
import { repeat } from '@cnop/kit/repeat'
import { learnWaiting, relearnAfterGap } from '@cnop/quotes/learn-waiting'
import {
  keepNearestWaiting,
  type NearestWaiting,
  type WaitingPrice,
} from '@cnop/quotes/nearest-waiting'
import type { Quote } from '@cnop/quotes/reader'
import { keepTicks } from '@cnop/quotes/tick-queue'
import { ordersWaiting } from '@cnop/schema/events'
import { cancelDelistedOrder, fillOrder } from '../commands/finish-order.ts'
import type { Deps } from '../deps.ts'
import { type Book, placesOf, waitingSideOf } from '../domain/book.ts'
import { isFresh, isTradable, withBook } from '../domain/order-rules.ts'
import { isMet as isMetBy } from '../domain/parts.ts'
import { isOpen, type Order, orderSides } from '../domain/order.ts'
import { fillLimit } from '../domain/stop.ts'
import { isTriggered } from '@cnop/quotes/trade-amounts'
import { recordCancelFailed, recordFillFailed } from '../events.ts'
import { listAllWaiting, listWaiting } from '../store/orders.ts'

export interface MatcherOptions {
  /** The maximum number of orders of one side of one asset per run; the rest follow in the next run. */
  readonly ordersPerTick: number
  /** How long the cached best waiting prices are valid. */
  readonly refreshMs: number
  /** How often orders of delisted assets are searched for, because a delisted asset has no ticks. */
  readonly delistedIntervalMs: number
}

export interface Matcher {
  /** Resolves when every tick received so far has been processed. */
  readonly settled: () => Promise<void>
  close(): Promise<void>
}

/** While nothing waits, there is no order whose asset could be delisted. */
const restMs = 300_000
/** Up to this many waiting orders, one read covers all sides; above it, each side is read separately. */
const rowsPerReadOfAll = 1_000

/**
 * Fills waiting limit orders as prices tick, and cancels those whose asset was delisted. Any number of processes may run it: each order is
 * read again together with its owner's account and closed on condition that it is open, so it ends once. A restart loses
 * no state.
 */
export async function startMatcher(deps: Deps, options: MatcherOptions): Promise<Matcher> {
  const activity = activityOf(deps.store.db)
  const edges = keepNearestWaiting(deps.now, options.refreshMs)
  const limit = options.ordersPerTick
  const queue = keepTicks((quote) => matchAsset(deps, { edges, quote, limit }))
  const unsubscribe = await deps.bus.subscribe(ordersWaiting, {
    onMessage: ({ limitPrice, ...book }) => {
      edges.note(waitingSideOf({ ...book, kind: 'LIMIT' }), parsePrice(limitPrice))
      void activity.wake()
    },
    onGap: relearnAfterGap(edges, activity),
  })
  const read = () => readWaiting(deps)
  const learning = await learnWaiting({ edges, activity, refreshMs: options.refreshMs, read })
  const stopTicks = deps.quotes.onTick(queue.add)
  // Existing orders do not wait for the next tick of a slow market.
  queue.add(await deps.quotes.all())
  const rest = { activity, pauseMs: restMs }
  const delisted = repeat(
    async () => {
      queue.add((await deps.quotes.all()).filter(isDelisted))
    },
    options.delistedIntervalMs,
    rest,
  )
  return {
    settled: queue.settled,
    close: async () => {
      await Promise.all([delisted.stop(), learning.stop()])
      stopTicks()
      unsubscribe()
      await queue.close()
    },
  }
}

/** Undefined when there is too much to read in one call. */
async function readWaiting(deps: Deps): Promise<readonly WaitingPrice[] | undefined> {
  try {
    const orders = await listAllWaiting(deps.store, rowsPerReadOfAll)
    const places = orders?.flatMap(placesOf).filter(({ book }) => book.kind === 'LIMIT')
    return places?.map(({ book, price }) => ({ ...waitingSideOf(book), price }))
  } catch (error) {
    deps.log.warn({ action: 'order.match_failed', error }, 'Waiting orders could not be read.')
    return undefined
  }
}

interface AssetTick {
  readonly edges: NearestWaiting
  readonly quote: Quote
  readonly limit: number
}

const isDelisted = ({ delistedAt }: Quote): boolean => delistedAt !== undefined

/** At these prices every waiting order is triggered. */
const reachesAll = { BUY: priceFromUnits(0n), SELL: priceFromUnits(10n ** 30n) }

/** Ends the orders that one quote triggers, on both sides; true when more remain than one run may end. */
async function matchAsset(deps: Deps, tick: AssetTick): Promise<boolean> {
  const { quote, edges } = tick
  const isEnding = isDelisted(quote)
  const fills = isTradable(quote) && isFresh(quote, deps.rules, deps.now())
  if (!isEnding && !fills) return false
  let hasMore = false
  for (const side of orderSides) {
    const book = { assetId: quote.assetId, side, kind: 'LIMIT' as const }
    const price = isEnding ? reachesAll[side] : quote.price
    if (!edges.mayTrigger(waitingSideOf(book), price)) continue
    hasMore = (await matchBook(deps, tick, book)) || hasMore
  }
  return hasMore
}

async function matchBook(deps: Deps, tick: AssetTick, book: Book): Promise<boolean> {
  const learn = tick.edges.startRead(waitingSideOf(book))
  try {
    const { best, hasMore, ended } = await endTriggered(deps, tick, book)
    learn(best && fillLimit(best))
    return hasMore && ended > 0
  } catch (error) {
    learn(undefined)
    tick.edges.forget(waitingSideOf(book))
    deps.log.warn(
      { action: 'order.match_failed', error, extra: book },
      'Waiting orders could not be matched.',
    )
    return false
  }
}

interface Matched {
  /** The first order that was not ended: no other has a better price. */
  readonly best: Order | undefined
  readonly hasMore: boolean
  readonly ended: number
}

async function endTriggered(deps: Deps, { quote, limit }: AssetTick, book: Book): Promise<Matched> {
  let left: Order | undefined
  let seen = 0
  let ended = 0
  const isGone = isDelisted(quote)
  const market = withBook(quote, deps.rules)
  for await (const order of listWaiting(deps.store, book)) {
    const hasMore = seen === limit
    const isOut = !isGone && !isMet(order, quote.price)
    if (hasMore || isOut) return { best: left ?? order, hasMore, ended }
    seen += 1
    if (await (isGone ? tryCancel(deps, order) : tryFill(deps, order, market))) ended += 1
    else left ??= order
  }
  return { best: left, hasMore: false, ended }
}

function isMet(order: Order, price: Price): boolean {
  const limit = fillLimit(order)
  return limit !== undefined && isTriggered(order.side, limit, price)
}

/**
 * Whether an order was filled whole. One that cannot be does not block the others: one within the spread, or one that is larger than the market is
 * deep, waits on with what is left of it, and a smaller one behind it may fill.
 */
async function tryFill(deps: Deps, order: Order, quote: Quote): Promise<boolean> {
  const limit = fillLimit(order)
  if (limit === undefined || !isMetBy(order, limit, quote)) return false
  try {
    const filled = await fillOrder(deps, order, quote)
    return filled !== undefined && !isOpen(filled)
  } catch (error) {
    recordFillFailed(deps, order, error)
    return false
  }
}

/** An order that was closed meanwhile counts as ended. */
async function tryCancel(deps: Deps, order: Order): Promise<boolean> {
  try {
    await cancelDelistedOrder(deps, order)
    return true
  } catch (error) {
    recordCancelFailed(deps, order, error)
    return false
  }
}
