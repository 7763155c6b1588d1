import type { Store } from '@cnop/kit/dynamo'
import { placesOf } from '../domain/book.ts'
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
  const listed = await readListed(store, username)
  return compareListed(orders, listed) ?? compareHolds(orders, holds)
}

const ordersPerCall = 100

/** The same for orders that are listed as open or hold something by the journal, at a cost that closed orders do not add to. */
export async function checkOpenHolds(
  store: Store,
  username: string,
  holds: ReadonlyMap<string, OrderHold>,
): Promise<string | undefined> {
  const listed = await readListed(store, username)
  const ids = [...new Set([...listed.open, ...listed.second, ...holds.keys()])]
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

/** The ids of a user's orders that have the row of an open order, and those that have the row of a second book. */
interface Listed {
  readonly open: ReadonlySet<string>
  readonly second: ReadonlySet<string>
}

async function readListed(store: Store, username: string): Promise<Listed> {
  const idsOf = async (among: 'open' | 'second'): Promise<ReadonlySet<string>> =>
    new Set((await listEvery(store, username, among)).map(({ id }) => id))
  return { open: await idsOf('open'), second: await idsOf('second') }
}

function compareListed(orders: readonly Order[], listed: Listed): string | undefined {
  const open = orders.filter(isOpen)
  const unlisted = open.find(({ id }) => !listed.open.has(id))
  if (unlisted) return `order ${unlisted.id} is open but not found among the open ones`
  if (listed.open.size > open.length) {
    return 'an order that is not open is found among the open ones'
  }
  const twice = open.filter((order) => placesOf(order).length > 1)
  const unwatched = twice.find(({ id }) => !listed.second.has(id))
  if (unwatched) return `order ${unwatched.id} is missing in one of its two books`
  return listed.second.size > twice.length
    ? 'an order is found in a book that it does not wait in'
    : undefined
}
