import type { Item, Key, Store } from '@cnop/kit/dynamo'
import { queryPage, readIndex, readItems } from '@cnop/kit/read'
import type { Book } from '../domain/book.ts'
import type { Order } from '../domain/order.ts'
import {
  clientOrderKey,
  expiryShardPk,
  openPrefix,
  orderKey,
  orderPrefix,
  secondPrefix,
  userPk,
  waitingIndex,
  waitingPks,
} from './keys.ts'
import { fromRecord } from './order-record.ts'
import { orderIdOf } from './order-writes.ts'

export interface OrderAddress {
  readonly username: string
  readonly orderId: string
}

/** Reads orders in one call, in the order asked; each is found only under its owner. */
export async function readOrders(
  { db, table }: Store,
  addresses: readonly OrderAddress[],
): Promise<(Order | undefined)[]> {
  const rows = addresses.map(({ username, orderId }) => ({
    table,
    key: orderKey(username, orderId),
  }))
  const items = await readItems(db, rows)
  return items.map((item) => item && fromRecord(item))
}

export async function readOrder(store: Store, address: OrderAddress): Promise<Order | undefined> {
  const [order] = await readOrders(store, [address])
  return order
}

export interface ClientOrderAddress {
  readonly username: string
  readonly clientOrderId: string
}

/** Reads orders by the names that their clients gave them, in two calls, in the order asked. */
export async function readClientOrders(
  store: Store,
  addresses: readonly ClientOrderAddress[],
): Promise<(Order | undefined)[]> {
  const rows = await readItems(
    store.db,
    addresses.map(({ username, clientOrderId }) => ({
      table: store.table,
      key: clientOrderKey(username, clientOrderId),
    })),
  )
  const found = addresses.flatMap(({ username }, place) => {
    const orderId = orderIdOf(rows[place])
    return orderId === undefined ? [] : { username, orderId }
  })
  const orders = await readOrders(store, found)
  return rows.map((row) => {
    const orderId = orderIdOf(row)
    return orderId === undefined
      ? undefined
      : orders[found.findIndex((one) => one.orderId === orderId)]
  })
}

/** How many orders of a user are open; counts no further than `most`. */
export async function countOpen(
  { db, table }: Store,
  username: string,
  most: number,
): Promise<number> {
  const pk = userPk(username)
  const page = { table, pk, skPrefix: openPrefix, limit: most, newestFirst: true }
  return (await queryPage(db, page)).items.length
}

type Among = 'all' | 'open' | 'second'

const prefixes: Readonly<Record<Among, string>> = {
  all: orderPrefix,
  open: openPrefix,
  second: secondPrefix,
}

export interface OrderSlice {
  readonly username: string
  /** `open` reads only the rows of open orders, `second` those of orders that wait in two books. */
  readonly among: Among
  /** Continue behind this order. */
  readonly after: string | undefined
  readonly limit: number
}

/** The next orders of a user, newest first, and whether there are more. */
export async function listOrders(
  { db, table }: Store,
  { username, among, after, limit }: OrderSlice,
): Promise<{ orders: Order[]; hasMore: boolean }> {
  const pk = userPk(username)
  const skPrefix = prefixes[among]
  const page = await queryPage(db, {
    table,
    pk,
    skPrefix,
    limit,
    newestFirst: true,
    after: after === undefined ? undefined : { pk, sk: skPrefix + after },
  })
  return { orders: page.items.map(fromRecord), hasMore: page.last !== undefined }
}

const rowsPerCall = 200

/** Every order of a user, every open one, or every one that waits in two books, newest first. */
export async function listEvery(
  store: Store,
  username: string,
  among: Among,
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

const rowsPerRead = 25

/** The waiting orders of one partition, read page by page. */
async function* waitingOf({ db, table }: Store, pk: string): AsyncGenerator<Item, void> {
  let after: Key | undefined
  do {
    const query = { table, index: waitingIndex, pk, limit: rowsPerRead, newestFirst: false, after }
    const page = await queryPage(db, query)
    yield* page.items
    after = page.last
  } while (after)
}

const rankOf = (item: Item): string => String(item[`${waitingIndex}Sk`])

/** The orders of a book as the index shows them: what the market reaches first is first, oldest first within a price. */
export async function* listWaiting(store: Store, book: Book): AsyncGenerator<Order, void> {
  const shards = waitingPks(book).map((pk) => waitingOf(store, pk))
  const heads = await Promise.all(
    shards.map(async (shard) => ({ shard, item: (await shard.next()).value })),
  )
  for (;;) {
    const best = heads
      .flatMap((head) => (head.item ? [{ head, item: head.item }] : []))
      .sort((a, b) => (rankOf(a.item) < rankOf(b.item) ? -1 : 1))[0]
    if (!best) return
    yield fromRecord(best.item)
    best.head.item = (await best.head.shard.next()).value
  }
}

/** Every waiting order; undefined when there are more than that. */
export async function listAllWaiting(
  { db, table }: Store,
  most: number,
): Promise<Order[] | undefined> {
  const items = await readIndex(db, { table, index: waitingIndex, most })
  return items?.map(fromRecord)
}

/** Open orders whose time has passed, from one of the expiry partitions, longest past first. */
export async function listDue(
  { db, table }: Store,
  {
    shard,
    nowIso,
    limit,
  }: { readonly shard: number; readonly nowIso: string; readonly limit: number },
): Promise<OrderAddress[]> {
  const page = await queryPage(db, {
    table,
    pk: expiryShardPk(shard),
    between: ['0', `${nowIso}$`],
    limit,
    newestFirst: false,
  })
  return page.items.map(({ username, orderId }) => ({
    username: String(username),
    orderId: String(orderId),
  }))
}
