import { toIso } from '@cnop/kit/clock'
import type { Actor } from '@cnop/kit/identity'
import type { Deps } from '../deps.ts'
import { OrderNotCancellable } from '../domain/errors.ts'
import { closeOrder } from '../domain/fill-order.ts'
import { isOpen, type Order } from '../domain/order.ts'
import { OrderClosed } from '../store/order-writes.ts'
import { findOrder } from './find-order.ts'
import { type Attempt, attemptFinish } from './finish-order.ts'

/**
 * Cancels an open order and returns what it held. Cancelling it again gives the same answer. One that was replaced is refused: the
 * order that replaced it may be open.
 */
export async function cancelOrder(deps: Deps, actor: Actor, orderId: string): Promise<Order> {
  const known = await findOrder(deps, actor, orderId, 'orderId')
  const ended = isOpen(known) ? (await endForOwner(deps, known)).order : known
  if (ended.status !== 'CANCELLED' || ended.replacedBy !== undefined)
    throw new OrderNotCancellable(ended)
  return ended
}

/** Cancels an order that was read as open, for its owner: the order as it ended, by this attempt or otherwise. */
export async function endForOwner(deps: Deps, known: Order): Promise<Attempt> {
  try {
    const cancel = (order: Order) =>
      closeOrder(order, { status: 'CANCELLED', at: toIso(deps.now()) })
    const attempt = await attemptFinish(deps, { known, name: 'cancel' }, cancel)
    return attempt ?? { order: known, isOwn: false }
  } catch (error) {
    if (error instanceof OrderClosed) {
      return { order: error.order ?? known, isOwn: false }
    }
    throw error
  }
}
