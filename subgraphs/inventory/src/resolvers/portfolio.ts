import { requireOwner } from '@cnop/kit/identity'
import { addUsd } from '@cnop/kit/money'
import type { Context } from '../deps.ts'
import {
  allocation,
  assetsValue,
  dayChange,
  type Position,
  type Prices,
} from '../domain/valuation.ts'
import { type PortfolioReference, readPortfolio } from './representations.ts'

const pricesOf = ({ quotes }: Context, positions: readonly Position[]): Promise<Prices> =>
  quotes.currentMany(positions.map(({ assetId }) => assetId))

export const Portfolio = {
  __resolveReference: (reference: unknown, context: Context): PortfolioReference => {
    const portfolio = readPortfolio(reference)
    requireOwner(context, portfolio.username)
    return portfolio
  },
  totalValue: async ({ cash, holdings }: PortfolioReference, _args: unknown, context: Context) => {
    if (!cash || !holdings) return null
    const assets = assetsValue(holdings, await pricesOf(context, holdings))
    return assets === undefined ? null : addUsd(cash.posted, assets)
  },
  assetsValue: async ({ holdings }: PortfolioReference, _args: unknown, context: Context) =>
    holdings ? assetsValue(holdings, await pricesOf(context, holdings)) : null,
  dayChange: async ({ holdings }: PortfolioReference, _args: unknown, context: Context) =>
    holdings ? dayChange(holdings, await pricesOf(context, holdings)) : null,
  allocation: async ({ cash, holdings }: PortfolioReference, _args: unknown, context: Context) =>
    cash && holdings ? allocation(cash.posted, holdings, await pricesOf(context, holdings)) : null,
}
