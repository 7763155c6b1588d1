import { BadInput } from '@cnop/kit/errors'
import type { Actor } from '@cnop/kit/identity'
import type { Deps } from '../deps.ts'
import { OrderNotFound } from '../domain/errors.ts'
import { isOrderId, type Order } from '../domain/order.ts'
import { readOrder } from '../store/orders.ts'

type IdField = 'id' | 'orderId'

/** Refuses what cannot be the id of an order. */
export function checkOrderId(orderId: string, field: IdField): void {
  if (isOrderId(orderId)) return
  throw new BadInput(field, 'must be 10 to 50 letters, digits or underscores')
}

/** Reads one of the user's orders; orders of other users are not found. */
export async function findOrder(
  deps: Deps,
  { username }: Actor,
  orderId: string,
  field: IdField = 'id',
): Promise<Order> {
  checkOrderId(orderId, field)
  const order = await readOrder(deps.store, { username, orderId })
  if (!order) throw new OrderNotFound(orderId)
  return order
}
