import { decodeCursor, encodeCursor, pageSize } from '@cnop/kit/cursor'
import { BadInput } from '@cnop/kit/errors'
import { requireOwner } from '@cnop/kit/identity'
import type { Context } from '../deps.ts'
import type { OrderChoice } from '../domain/order-filter.ts'
import { isOrderId, type Order } from '../domain/order.ts'
import type { PortfolioOpenOrdersArgs } from '../generated/resolvers.ts'

export interface OrderConnection {
  readonly nodes: readonly Order[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
}

interface ListRequest {
  readonly username: string
  readonly among: 'all' | 'open'
  readonly filter: OrderChoice
  readonly page: PortfolioOpenOrdersArgs
}

const largestPage = 100
const usualPage = 20

/** A page of a user's orders, visible to that user only. */
export async function orderConnection(
  context: Context,
  { username, among, filter, page }: ListRequest,
): Promise<OrderConnection> {
  requireOwner(context, username)
  const first = pageSize(page.first, largestPage, usualPage)
  const after = readCursor(page.after)
  const { orders, hasMore, endId } = await context.loaders.pages.load({
    username,
    among,
    filter,
    first,
    after,
  })
  const endCursor = endId === undefined ? null : encodeCursor([endId])
  return { nodes: orders, pageInfo: { hasNextPage: hasMore, endCursor } }
}

function readCursor(after: string | null | undefined): string | undefined {
  if (after == null) return undefined
  const [orderId = ''] = decodeCursor(after, 1)
  if (!isOrderId(orderId)) throw new BadInput('after', 'is not a cursor of this list')
  return orderId
}
