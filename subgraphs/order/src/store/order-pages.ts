import type { Store } from '@cnop/kit/dynamo'
import { isUnfiltered, type OrderChoice, passes } from '../domain/order-filter.ts'
import type { Order } from '../domain/order.ts'
import { listOrders, type OrderSlice } from './orders.ts'

export interface OrderPageQuery extends Omit<OrderSlice, 'limit'> {
  readonly filter: OrderChoice
  readonly first: number
}

export interface OrderPage {
  readonly orders: readonly Order[]
  readonly hasMore: boolean
  /** The last order of the page; undefined for an empty last page. */
  readonly endId: string | undefined
}

const rowsPerCall = 200
/** The maximum number of orders that one filtered request reads; the page then ends early and can be continued. */
const mostExamined = 2_000

/** Resolves the lists of one request with one read for all that begin at the same cursor. */
export async function readOrderPages(
  store: Store,
  queries: readonly OrderPageQuery[],
): Promise<OrderPage[]> {
  const walks = new Map<string, { queries: OrderPageQuery[]; pages: Promise<OrderPage[]> }>()
  const groups = new Map<string, OrderPageQuery[]>()
  for (const query of queries) {
    const start = startOf(query)
    groups.set(start, [...(groups.get(start) ?? []), query])
  }
  for (const [start, members] of groups) {
    walks.set(start, { queries: members, pages: walk(store, members) })
  }
  return Promise.all(
    queries.map(async (query) => {
      const found = walks.get(startOf(query))
      const page = (await found?.pages)?.[found?.queries.indexOf(query) ?? -1]
      return page ?? { orders: [], hasMore: false, endId: undefined }
    }),
  )
}

const startOf = ({ username, among, after }: OrderPageQuery): string =>
  JSON.stringify([username, among, after])

async function walk(store: Store, queries: readonly OrderPageQuery[]): Promise<OrderPage[]> {
  const [head] = queries
  if (!head) return []
  const found: Order[][] = queries.map(() => [])
  const isFull = (index: number): boolean =>
    (found[index]?.length ?? 0) > (queries[index]?.first ?? 0)
  const limit = rowsWanted(queries)
  let after = head.after
  let hasMore = true
  let examined = 0
  while (hasMore && examined < mostExamined && !queries.every((_, index) => isFull(index))) {
    const slice = await listOrders(store, {
      username: head.username,
      among: head.among,
      after,
      limit,
    })
    for (const order of slice.orders) {
      queries.forEach(({ filter }, index) => {
        if (!isFull(index) && passes(order, filter)) found[index]?.push(order)
      })
    }
    examined += slice.orders.length
    after = slice.orders.at(-1)?.id ?? after
    hasMore = slice.hasMore
  }
  return queries.map(({ first }, index) => endPage(found[index] ?? [], first, hasMore, after))
}

/** One order more than the page holds shows whether there is a next page. */
function rowsWanted(queries: readonly OrderPageQuery[]): number {
  if (!queries.every(({ filter }) => isUnfiltered(filter))) return rowsPerCall
  return Math.max(...queries.map(({ first }) => first)) + 1
}

function endPage(
  found: readonly Order[],
  first: number,
  isCut: boolean,
  lastSeen: string | undefined,
): OrderPage {
  if (found.length > first) {
    const orders = found.slice(0, first)
    return { orders, hasMore: true, endId: orders.at(-1)?.id }
  }
  return { orders: found, hasMore: isCut, endId: isCut ? lastSeen : found.at(-1)?.id }
}
