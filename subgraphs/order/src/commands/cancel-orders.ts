import type { Actor } from '@cnop/kit/identity'
import { AssetNotFound } from '@cnop/quotes/errors'
import { checkTicker } from '@cnop/quotes/quote'
import type { Deps } from '../deps.ts'
import { isOpen, type Order } from '../domain/order.ts'
import { passes } from '../domain/order-filter.ts'
import type { CancelOrdersInput } from '../generated/resolvers.ts'
import { listEvery, readOrder } from '../store/orders.ts'
import { endForOwner } from './cancel-order.ts'
import type { Attempt } from './finish-order.ts'

/** What became of the orders that were open when the command began. */
export interface CancelledOrders {
  /** This call cancelled them. */
  readonly cancelledCount: number
  /** They filled, expired or were cancelled by something else before this call could cancel them. */
  readonly endedCount: number
  /** Left for another call. */
  readonly remainingCount: number
}

const mostPerCall = 100
/** How often an order may be replaced while it is cancelled; then it is left for another call. */
const mostReplacements = 5
/** Below the time that a router waits for a subgraph: the counts arrive, and a further call goes on. */
const longestMs = 2_000

/**
 * Cancels the user's open orders, newest first, as many as one call may; of one asset or side when the input says so. Each is ended
 * by the same command as by `cancelOrder`, so its hold returns once. An order that is placed meanwhile stays, unless it replaces one of
 * them.
 */
export async function cancelOrders(
  deps: Deps,
  { username }: Actor,
  { assetId, side }: CancelOrdersInput,
): Promise<CancelledOrders> {
  const filter = { side: side ?? null, assetId: assetId == null ? null : checkTicker(assetId) }
  const open = await listEvery(deps.store, username, 'open')
  await refuseUnknown(deps, filter.assetId, open)
  const wanted = open.filter((order) => passes(order, filter))
  const stopAtMs = deps.now() + longestMs
  const counts = { cancelled: 0, ended: 0 }
  for (const order of wanted.slice(0, mostPerCall)) {
    if (deps.now() >= stopAtMs) break
    const { order: last, isOwn } = await endWithReplacements(deps, order)
    if (last.replacedBy !== undefined) continue
    counts[isOwn ? 'cancelled' : 'ended'] += 1
  }
  const { cancelled, ended } = counts
  return {
    cancelledCount: cancelled,
    endedCount: ended,
    remainingCount: wanted.length - cancelled - ended,
  }
}

/** Refuses an asset that the market has never had, unless orders wait for it all the same. */
async function refuseUnknown(
  { quotes }: Deps,
  assetId: string | null,
  open: readonly Order[],
): Promise<void> {
  if (assetId === null || open.some((order) => order.assetId === assetId)) return
  if (!(await quotes.current(assetId))) throw new AssetNotFound(assetId)
}

/** Ends an order, or the one that has replaced it meanwhile. */
async function endWithReplacements(deps: Deps, known: Order): Promise<Attempt> {
  let ended = await endForOwner(deps, known)
  for (let count = 0; count < mostReplacements; count += 1) {
    const { replacedBy: orderId } = ended.order
    if (orderId === undefined) break
    const next = await readOrder(deps.store, { username: known.username, orderId })
    if (!next) break
    ended = isOpen(next) ? await endForOwner(deps, next) : { order: next, isOwn: false }
  }
  return ended
}
