import type { Resolvers, MutationResolvers, QueryResolvers } from '../generated/resolvers.ts'
import { Order } from './order.ts'
import { RecurringMutation, RecurringOrder, recurringDates } from './recurring-order.ts'
import { Asset, Holding, Portfolio, User } from './order-lists.ts'
import { requireActor } from '@cnop/kit/identity'
import { cancelPortfolioAlert, createPortfolioAlert } from '../commands/portfolio-alerts.ts'
import type { PortfolioAlert as PortfolioAlertModel } from '../domain/portfolio-alert.ts'
import { cancelOrder } from '../commands/cancel-order.ts'
import { cancelOrders } from '../commands/cancel-orders.ts'
import { fillDemoAccount } from '../commands/fill-demo-account.ts'
import { placeOrder } from '../commands/place-order.ts'
import { replaceOrder } from '../commands/replace-order.ts'
import { findOrder } from '../commands/find-order.ts'
import { previewOrder, previewReplacement } from '../commands/preview-order.ts'

const PortfolioAlert = {
  repeats: ({ repeat }: PortfolioAlertModel) => repeat !== undefined,
  rearmValue: ({ repeat }: PortfolioAlertModel) => repeat?.rearmAt,
  isArmed: ({ status, repeat }: PortfolioAlertModel) =>
    status === 'ACTIVE' && (repeat?.isArmed ?? true),
  fireCount: ({ status, repeat }: PortfolioAlertModel) =>
    repeat?.fires ?? (status === 'FIRED' ? 1 : 0),
  firedAt: ({ status, closedAt, repeat }: PortfolioAlertModel) =>
    repeat ? repeat.firedAt.at(-1) : status === 'FIRED' ? closedAt : null,
}

const Query: QueryResolvers = {
  order: (_parent, { id }, context) => findOrder(context, requireActor(context), id),
  previewOrder: (_parent, { input }, context) =>
    previewOrder(context, requireActor(context), input),
  previewReplacement: (_parent, { input }, context) =>
    previewReplacement(context, requireActor(context), input),
  recurringDates,
}

const Mutation: MutationResolvers = {
  fillDemoAccount: async (_parent, _args, context) => ({
    movements: await fillDemoAccount(context, requireActor(context)),
  }),
  placeOrder: async (_parent, { input }, context) => ({
    order: await placeOrder(context, requireActor(context), input),
  }),
  cancelOrder: async (_parent, { input }, context) => ({
    order: await cancelOrder(context, requireActor(context), input.orderId),
  }),
  replaceOrder: (_parent, { input }, context) =>
    replaceOrder(context, requireActor(context), input),
  cancelOrders: (_parent, { input }, context) =>
    cancelOrders(context, requireActor(context), input),
  ...RecurringMutation,
  createPortfolioAlert: async (_parent, { input }, context) => ({
    portfolioAlert: await createPortfolioAlert(context, requireActor(context), input),
  }),
  cancelPortfolioAlert: async (_parent, { id }, context) => ({
    portfolioAlert: await cancelPortfolioAlert(context, requireActor(context), id),
  }),
}

export const resolvers = {
  Query,
  Mutation,
  Order,
  RecurringOrder,
  PortfolioAlert,
  User,
  Portfolio,
  Holding,
  Asset,
} satisfies Resolvers
