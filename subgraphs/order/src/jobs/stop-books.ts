import type { Price } from '@cnop/kit/money'
import { extremes } from '@cnop/quotes/candle'
import { isReached, type NearestWaiting } from '@cnop/quotes/nearest-waiting'
import { cancelDelistedOrder, fillOrder } from '../commands/finish-order.ts'
import { followMarket } from '../commands/follow-market.ts'
import type { Deps } from '../deps.ts'
import { type Book, placesOf, priceIn, waitingSideOf } from '../domain/book.ts'
import { meets } from '../domain/fill-order.ts'
import { withBook } from '../domain/order-rules.ts'
import type { Order, OrderSide } from '../domain/order.ts'
import type { Stretch } from '../domain/trigger.ts'
import { recordCancelFailed, recordFillFailed, recordTriggerFailed } from '../events.ts'
import { listWaiting } from '../store/orders.ts'

export interface StopMemory {
  readonly edges: NearestWaiting
  /** The maximum number of orders of one side of one asset per look; the rest follow in the next. */
  readonly limit: number
}

export interface Look {
  /** Whether there are more than one look may trigger. */
  readonly hasMore: boolean
  /** Whether some could not be triggered and are to be looked at with the same prices again. */
  readonly hasFailed: boolean
}

const nothing: Look = { hasMore: false, hasFailed: false }

/** Where the stop orders of a side wait: those whose stop follows the market first, because it may move before it is reached. */
export const stopBooks = (assetId: string, side: OrderSide): readonly Book[] => [
  { assetId, side, kind: 'TRAIL' },
  stopBook(assetId, side),
]

/** Every stop order that waits for its stop price is in it. */
export const stopBook = (assetId: string, side: OrderSide): Book => ({
  assetId,
  side,
  kind: 'STOP',
})

/** Triggers the orders of a book, or moves their stops, as prices of the market have reached them, the nearest first. */
export async function followBook(
  deps: Deps,
  { edges, limit }: StopMemory,
  book: Book,
  seen: readonly Stretch[],
): Promise<Look> {
  const side = waitingSideOf(book)
  const { high, low } = extremes(seen.flatMap(({ prices }) => prices))
  const extreme = side.direction === 'ABOVE' ? high : low
  if (seen.length === 0 || !edges.mayTrigger(side, extreme)) return nothing
  return walk(deps, { edges, limit }, book, {
    isOut: (waiting) => !isReached(side.direction, waiting, extreme),
    end: (order) => tryFollow(deps, edges, order, seen),
  })
}

/** Cancels the orders of a book whose asset was delisted. */
export const cancelBook = (deps: Deps, memory: StopMemory, book: Book): Promise<Look> =>
  walk(deps, memory, book, { isOut: () => false, end: (order) => tryCancel(deps, order) })

type Ended = 'ended' | 'waits' | 'failed'

interface Walk {
  /** Whether an order and all behind it are to wait. */
  readonly isOut: (waiting: Price) => boolean
  readonly end: (order: Order) => Promise<Ended>
}

async function walk(
  deps: Deps,
  { edges, limit }: StopMemory,
  book: Book,
  steps: Walk,
): Promise<Look> {
  const side = waitingSideOf(book)
  const learn = edges.startRead(side)
  try {
    const { nearest, ...look } = await endReached(deps, limit, book, steps)
    learn(nearest)
    return look
  } catch (error) {
    learn(undefined)
    edges.forget(side)
    deps.log.warn(
      { action: 'order.match_failed', error, extra: book },
      'Stop orders could not be looked at.',
    )
    return { hasMore: false, hasFailed: true }
  }
}

interface Walked extends Look {
  /** The first price that still waits: none is reached sooner. */
  readonly nearest: Price | undefined
}

async function endReached(
  deps: Deps,
  limit: number,
  book: Book,
  { isOut, end }: Walk,
): Promise<Walked> {
  let nearest: Price | undefined
  let [looked, ended, hasFailed] = [0, 0, false]
  for await (const order of listWaiting(deps.store, book)) {
    const waiting = priceIn(order, book.kind)
    if (waiting === undefined) continue
    if (isOut(waiting)) return { nearest: nearest ?? waiting, hasMore: false, hasFailed }
    if (looked === limit) return { nearest: nearest ?? waiting, hasMore: ended > 0, hasFailed }
    looked += 1
    const outcome = await end(order)
    if (outcome === 'ended') ended += 1
    else nearest ??= waiting
    hasFailed ||= outcome === 'failed'
  }
  return { nearest, hasMore: false, hasFailed }
}

/** An order that cannot be triggered or moved does not block the others. */
async function tryFollow(
  deps: Deps,
  edges: NearestWaiting,
  order: Order,
  seen: readonly Stretch[],
): Promise<Ended> {
  try {
    const next = await followMarket(deps, order, seen)
    if (!next) return 'waits'
    if (next.triggeredAt !== undefined) await tryFill(deps, next)
    else for (const { book, price } of placesOf(next)) edges.note(waitingSideOf(book), price)
    return 'ended'
  } catch (error) {
    recordTriggerFailed(deps, order, error)
    return 'failed'
  }
}

/** Fills it at the price of now, if that is fresh. If not, the matcher fills it with a coming tick. */
async function tryFill(deps: Deps, order: Order): Promise<void> {
  try {
    const quote = await deps.quotes.current(order.assetId)
    const market = quote && withBook(quote, deps.rules)
    if (market && meets(order, market, deps.now())) await fillOrder(deps, order, market)
  } catch (error) {
    recordFillFailed(deps, order, error)
  }
}

async function tryCancel(deps: Deps, order: Order): Promise<Ended> {
  try {
    await cancelDelistedOrder(deps, order)
    return 'ended'
  } catch (error) {
    recordCancelFailed(deps, order, error)
    return 'failed'
  }
}
