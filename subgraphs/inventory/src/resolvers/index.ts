import { Asset, Candle, MarketData } from './asset.ts'
import { Holding } from './holding.ts'
import { Portfolio } from './portfolio.ts'
import { Query } from './query.ts'

export const resolvers = { Query, Asset, Candle, MarketData, Portfolio, Holding }
