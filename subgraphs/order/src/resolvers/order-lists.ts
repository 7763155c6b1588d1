import { requireActor, requireOwner } from '@cnop/kit/identity'
import type { Context } from '../deps.ts'
import type {
  AssetMyOrdersArgs,
  HoldingFillsArgs,
  OrderFilter,
  PortfolioOpenOrdersArgs,
  PortfolioRecentOrdersArgs,
  UserOrderByClientIdArgs,
  UserOrdersArgs,
} from '../generated/resolvers.ts'
import { isClientOrderId } from '../domain/order-request.ts'
import { orderConnection } from './connection.ts'

interface Owner {
  readonly username: string
}

/** Open orders have rows of their own, so that they are found however many others came after them. */
const amongOf = ({ statuses }: OrderFilter): 'all' | 'open' =>
  statuses?.length && statuses.every((status) => status === 'PENDING') ? 'open' : 'all'

export const User = {
  orders: ({ username }: Owner, { filter, ...page }: UserOrdersArgs, context: Context) => {
    const wanted = filter ?? {}
    return orderConnection(context, { username, among: amongOf(wanted), filter: wanted, page })
  },
  orderByClientId: async (
    { username }: Owner,
    { clientOrderId }: UserOrderByClientIdArgs,
    context: Context,
  ) => {
    requireOwner(context, username)
    if (!isClientOrderId(clientOrderId)) return null
    return (await context.loaders.clientOrders.load({ username, clientOrderId })) ?? null
  },
}

export const Portfolio = {
  openOrders: ({ username }: Owner, page: PortfolioOpenOrdersArgs, context: Context) =>
    orderConnection(context, { username, among: 'open', filter: {}, page }),
  recentOrders: ({ username }: Owner, page: PortfolioRecentOrdersArgs, context: Context) =>
    orderConnection(context, { username, among: 'all', filter: {}, page }),
}

export const Holding = {
  fills: (
    { username, assetId }: Owner & { readonly assetId: string },
    page: HoldingFillsArgs,
    context: Context,
  ) => {
    const filter: OrderFilter = { assetId, statuses: ['COMPLETED'] }
    return orderConnection(context, { username, among: 'all', filter, page })
  },
}

export const Asset = {
  myOrders: ({ id }: { readonly id: string }, page: AssetMyOrdersArgs, context: Context) => {
    const { username } = requireActor(context)
    return orderConnection(context, { username, among: 'all', filter: { assetId: id }, page })
  },
}
