import { toIso } from '@cnop/kit/clock'
import type { Actor } from '@cnop/kit/identity'
import type { Deps } from '../deps.ts'
import { OrderNotCancellable } from '../domain/errors.ts'
import { closeOrder } from '../domain/open-order.ts'
import { isOpen, type Order } from '../domain/order.ts'
import { OrderClosed } from '../store/order-writes.ts'
import { findOrder } from './find-order.ts'
import { finishOrder } from './finish-order.ts'

/** Cancels an open order and returns what it held. Cancelling it again gives the same answer. */
export async function cancelOrder(deps: Deps, actor: Actor, orderId: string): Promise<Order> {
  const known = await findOrder(deps, actor, orderId, 'orderId')
  if (!isOpen(known)) return alreadyClosed(known)
  try {
    const cancel = (order: Order) =>
      closeOrder(order, { status: 'CANCELLED', at: toIso(deps.now()) })
    return (await finishOrder(deps, { known, name: 'cancel' }, cancel)) ?? known
  } catch (error) {
    if (error instanceof OrderClosed) return alreadyClosed(error.order ?? known)
    throw error
  }
}

function alreadyClosed(order: Order): Order {
  if (order.status === 'CANCELLED') return order
  throw new OrderNotCancellable(order.id, order.status)
}
