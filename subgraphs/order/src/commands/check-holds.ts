import type { Store } from '@cnop/kit/dynamo'
import { isOpen, type Order } from '../domain/order.ts'
import { compareHolds, type OrderHold } from '../domain/order-hold.ts'
import { listEvery, readOrders } from '../store/orders.ts'

/**
 * Compares one user's orders with their holds in the journal; a hook of the verifier. It also checks that the index rows
 * of open orders match the orders.
 */
export async function checkHolds(
  store: Store,
  username: string,
  holds: ReadonlyMap<string, OrderHold>,
): Promise<string | undefined> {
  const orders = await listEvery(store, username, 'all')
  const listed = new Set((await listEvery(store, username, 'open')).map(({ id }) => id))
  return compareListed(orders, listed) ?? compareHolds(orders, holds)
}

const ordersPerCall = 100

/** The same for orders that are listed as open or hold something by the journal, at a cost that closed orders do not add to. */
export async function checkOpenHolds(
  store: Store,
  username: string,
  holds: ReadonlyMap<string, OrderHold>,
): Promise<string | undefined> {
  const listed = new Set((await listEvery(store, username, 'open')).map(({ id }) => id))
  const ids = [...new Set([...listed, ...holds.keys()])]
  const orders: Order[] = []
  for (let start = 0; start < ids.length; start += ordersPerCall) {
    const part = ids.slice(start, start + ordersPerCall)
    const read = await readOrders(
      store,
      part.map((orderId) => ({ username, orderId })),
    )
    orders.push(...read.flatMap((order) => order ?? []))
  }
  return compareListed(orders, listed) ?? compareHolds(orders, holds)
}

function compareListed(orders: readonly Order[], listed: ReadonlySet<string>): string | undefined {
  const open = orders.filter(isOpen)
  const unlisted = open.find(({ id }) => !listed.has(id))
  if (unlisted) return `order ${unlisted.id} is open but not found among the open ones`
  return listed.size > open.length
    ? 'an order that is not open is found among the open ones'
    : undefined
}
