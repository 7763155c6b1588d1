import type { Resolvers } from '../generated/resolvers.ts'
import { Mutation } from './mutation.ts'
import { Order } from './order.ts'
import { Asset, Holding, Portfolio, User } from './order-lists.ts'
import { Query } from './query.ts'

export const resolvers = {
  Query,
  Mutation,
  Order,
  User,
  Portfolio,
  Holding,
  Asset,
} satisfies Resolvers
