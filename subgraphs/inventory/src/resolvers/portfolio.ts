import { requireOwner } from '@cnop/kit/identity'
import { addUsd } from '@cnop/kit/money'
import type { Context } from '../deps.ts'
import { allocation, assetsValue, type Position, type Prices } from '../domain/valuation.ts'
import { type PortfolioReference, readPortfolio } from './representations.ts'

const pricesOf = ({ catalogue }: Context, positions: readonly Position[]): Prices =>
  new Map(
    positions.flatMap(({ assetId }) => {
      const price = catalogue.get(assetId)?.price
      return price === undefined ? [] : [[assetId, price] as const]
    }),
  )

export const Portfolio = {
  __resolveReference: (reference: unknown, context: Context): PortfolioReference => {
    const portfolio = readPortfolio(reference)
    requireOwner(context, portfolio.username)
    return portfolio
  },
  totalValue: ({ cash, holdings }: PortfolioReference, _args: unknown, context: Context) => {
    if (!cash || !holdings) return null
    const assets = assetsValue(holdings, pricesOf(context, holdings))
    return assets === undefined ? null : addUsd(cash.posted, assets)
  },
  assetsValue: ({ holdings }: PortfolioReference, _args: unknown, context: Context) =>
    holdings ? assetsValue(holdings, pricesOf(context, holdings)) : null,
  allocation: ({ cash, holdings }: PortfolioReference, _args: unknown, context: Context) =>
    cash && holdings
      ? (allocation(cash.posted, holdings, pricesOf(context, holdings)) ?? null)
      : null,
  pricesAt: (_portfolio: PortfolioReference, _args: unknown, { catalogue }: Context) =>
    catalogue.tickedAt(),
}
