import type { Price } from '@cnop/kit/money'
import { isReached, type NearestWaiting, type WaitingSide } from '@cnop/quotes/nearest-waiting'
import type { SeenPrice } from '@cnop/quotes/seen-prices'
import { cancelDelistedOrder, fillOrder } from '../commands/finish-order.ts'
import { triggerOrder } from '../commands/trigger-order.ts'
import type { Deps } from '../deps.ts'
import { type Book, bookDirection } from '../domain/book.ts'
import { meets, triggers } from '../domain/open-order.ts'
import type { Order, OrderSide } from '../domain/order.ts'
import { pendingStop } from '../domain/stop.ts'
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

export const stopBook = (assetId: string, side: OrderSide): Book => ({
  assetId,
  side,
  kind: 'STOP',
})

export const waitingSideOf = (book: Book): WaitingSide => ({
  assetId: book.assetId,
  direction: bookDirection(book),
})

/** Triggers the orders of a book that prices of the market have reached, the nearest first. */
export async function triggerBook(
  deps: Deps,
  { edges, limit }: StopMemory,
  book: Book,
  seen: readonly SeenPrice[],
): Promise<Look> {
  const side = waitingSideOf(book)
  const reached = (stop: Price): boolean =>
    seen.some(({ price }) => isReached(side.direction, stop, price))
  if (!seen.some(({ price }) => edges.mayTrigger(side, price))) return nothing
  return walk(deps, { edges, limit }, book, {
    isOut: (stop) => !reached(stop),
    end: (order) => tryTrigger(deps, order, seen),
  })
}

/** Cancels the orders of a book whose asset was delisted. */
export const cancelBook = (deps: Deps, memory: StopMemory, book: Book): Promise<Look> =>
  walk(deps, memory, book, { isOut: () => false, end: (order) => tryCancel(deps, order) })

type Ended = 'ended' | 'waits' | 'failed'

interface Walk {
  /** Whether an order and all behind it are to wait. */
  readonly isOut: (stop: Price) => boolean
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
    const stop = pendingStop(order)
    if (stop === undefined) continue
    if (isOut(stop)) return { nearest: nearest ?? stop, hasMore: false, hasFailed }
    if (looked === limit) return { nearest: nearest ?? stop, hasMore: ended > 0, hasFailed }
    looked += 1
    const outcome = await end(order)
    if (outcome === 'ended') ended += 1
    else nearest ??= stop
    hasFailed ||= outcome === 'failed'
  }
  return { nearest, hasMore: false, hasFailed }
}

/** An order that cannot be triggered does not block the others. */
async function tryTrigger(deps: Deps, order: Order, seen: readonly SeenPrice[]): Promise<Ended> {
  const nowMs = deps.now()
  const hit = seen.find((price) => triggers(order, price, nowMs))
  if (!hit) return 'waits'
  try {
    const triggered = await triggerOrder(deps, order, hit)
    if (triggered) await tryFill(deps, triggered)
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
    if (quote && meets(order, quote, deps.now())) await fillOrder(deps, order, quote)
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
