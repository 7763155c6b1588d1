import type { Store } from '@cnop/kit/dynamo'
import { isOpen, type Order } from '../domain/order.ts'
import { compareHolds, type OrderHold } from '../domain/order-hold.ts'
import { listOrders } from '../store/orders.ts'

const rowsPerCall = 200

async function readAll(
  store: Store,
  username: string,
  among: 'all' | 'open',
): Promise<readonly Order[]> {
  const orders: Order[] = []
  let after: string | undefined
  let hasMore = true
  while (hasMore) {
    const slice = await listOrders(store, { username, among, after, limit: rowsPerCall })
    orders.push(...slice.orders)
    after = slice.orders.at(-1)?.id
    hasMore = slice.hasMore && after !== undefined
  }
  return orders
}

/**
 * Compares one user's orders with their holds in the journal; a hook of the verifier. It also checks that the index rows
 * of open orders match the orders.
 */
export async function checkHolds(
  store: Store,
  username: string,
  holds: ReadonlyMap<string, OrderHold>,
): Promise<string | undefined> {
  const orders = await readAll(store, username, 'all')
  const listed = new Set((await readAll(store, username, 'open')).map(({ id }) => id))
  const open = orders.filter(isOpen)
  const unlisted = open.find(({ id }) => !listed.has(id))
  if (unlisted) return `order ${unlisted.id} is open but not found among the open ones`
  if (listed.size > open.length) return 'an order that is not open is found among the open ones'
  return compareHolds(orders, holds)
}
