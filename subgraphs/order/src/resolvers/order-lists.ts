import { pageSize } from '@cnop/kit/cursor'
import { requireActor, requireOwner } from '@cnop/kit/identity'
import type { Context } from '../deps.ts'
import type {
  AssetMyOrdersArgs,
  AssetRecentTradesArgs,
  HoldingFillsArgs,
  OrderFilter,
  PortfolioOpenOrdersArgs,
  PortfolioRecentOrdersArgs,
  UserOrderByClientIdArgs,
  UserOrdersArgs,
} from '../generated/resolvers.ts'
import { checkFilter, type OrderChoice } from '../domain/order-filter.ts'
import { mostTrades } from '../domain/trade.ts'
import { isOpen } from '../domain/order.ts'
import { checkClientOrderId } from '../domain/order-request.ts'
import { readPortfolioAlerts } from '../store/portfolio-alerts.ts'
import { listRecurringOrders } from '../store/recurring-orders.ts'
import { orderConnection } from './connection.ts'

interface Owner {
  readonly username: string
}

/** Open orders have rows of their own, so that they are found however many others came after them. */
const amongOf = ({ statuses }: OrderFilter): 'all' | 'open' =>
  statuses?.length && statuses.every((status) => isOpen({ status })) ? 'open' : 'all'

/** The most that may be configured as the limit of one user. */
const mostListed = 100
const usualTrades = 20

export const User = {
  orders: ({ username }: Owner, { filter, ...page }: UserOrdersArgs, context: Context) => {
    const wanted = filter ?? {}
    checkFilter(wanted)
    return orderConnection(context, { username, among: amongOf(wanted), filter: wanted, page })
  },
  orderByClientId: async (
    { username }: Owner,
    { clientOrderId }: UserOrderByClientIdArgs,
    context: Context,
  ) => {
    requireOwner(context, username)
    const name = checkClientOrderId(clientOrderId)
    return (await context.loaders.clientOrders.load({ username, clientOrderId: name })) ?? null
  },
  portfolioAlerts: async ({ username }: Owner, _arguments: unknown, context: Context) => {
    requireOwner(context, username)
    return (await readPortfolioAlerts(context.store, username)).alerts
  },
  recurringOrders: ({ username }: Owner, _arguments: unknown, context: Context) => {
    requireOwner(context, username)
    return listRecurringOrders(context.store, username, mostListed)
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
    const filter: OrderChoice = { assetId, hasFilled: true }
    return orderConnection(context, { username, among: 'all', filter, page })
  },
}

export const Asset = {
  recentTrades: async (
    { id }: { readonly id: string },
    { first }: AssetRecentTradesArgs,
    { loaders }: Context,
  ) => {
    const count = pageSize(first, mostTrades, usualTrades)
    return (await loaders.trades.load(id))?.slice(0, count) ?? null
  },
  myOrders: ({ id }: { readonly id: string }, page: AssetMyOrdersArgs, context: Context) => {
    const { username } = requireActor(context)
    return orderConnection(context, { username, among: 'all', filter: { assetId: id }, page })
  },
}
