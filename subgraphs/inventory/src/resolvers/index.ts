import type { Resolvers } from '../generated/resolvers.ts'
import { Asset, Candle, MarketData } from './asset.ts'
import { Holding } from './holding.ts'
import { Mutation } from './mutation.ts'
import { Portfolio } from './portfolio.ts'
import { PriceAlert } from './price-alert.ts'
import { Query } from './query.ts'
import { User } from './user.ts'

export const resolvers = {
  Query,
  Mutation,
  Asset,
  Candle,
  MarketData,
  Portfolio,
  Holding,
  User,
  PriceAlert,
} satisfies Resolvers
