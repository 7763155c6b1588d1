import { formatPrice } from '@cnop/kit/money'
import type { Deps } from './deps.ts'
import type { Order, OrderStatus } from './domain/order.ts'

/** Every change of an order: `{ username, orderId, status }`. */
export const orderChannel = 'orders.changed'
/** Every order that begins to wait: `{ assetId, side, limitPrice }`. It names nobody; matchers use it. */
export const waitingChannel = 'orders.waiting'

const actions: Readonly<Record<OrderStatus, string>> = {
  PENDING: 'order.waiting',
  COMPLETED: 'order.filled',
  CANCELLED: 'order.cancelled',
  EXPIRED: 'order.expired',
  FAILED: 'order.failed',
}

/** Tells operators and listeners what an order has become. Called once per change, after its commit. */
export async function announceOrder(deps: Pick<Deps, 'bus' | 'log'>, order: Order): Promise<void> {
  const { username, id: orderId, status, side, type, assetId, limitPrice } = order
  deps.log.info(
    { action: actions[status], user: username, extra: { orderId, side, type, assetId } },
    'An order changed.',
  )
  await deps.bus.publish(orderChannel, JSON.stringify({ username, orderId, status }))
  if (status !== 'PENDING' || limitPrice === undefined) return
  const waiting = { assetId, side, limitPrice: formatPrice(limitPrice) }
  await deps.bus.publish(waitingChannel, JSON.stringify(waiting))
}
