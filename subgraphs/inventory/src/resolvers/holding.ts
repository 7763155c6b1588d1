import { requireOwner } from '@cnop/kit/identity'
import { saleProceeds } from '@cnop/quotes/trade-amounts'
import type { Context } from '../deps.ts'
import { changeOf, marketValue } from '../domain/valuation.ts'
import { type HoldingReference, readHolding } from './representations.ts'

function valueOf({ assetId, quantity }: HoldingReference, { catalogue }: Context) {
  const price = catalogue.get(assetId)?.price
  return price === undefined || quantity === undefined ? undefined : marketValue(price, quantity)
}

export const Holding = {
  __resolveReference: (reference: unknown, context: Context): HoldingReference => {
    const holding = readHolding(reference)
    requireOwner(context, holding.username)
    return holding
  },
  marketValue: (holding: HoldingReference, _args: unknown, context: Context) =>
    valueOf(holding, context),
  unrealisedProfit: (holding: HoldingReference, _args: unknown, context: Context) => {
    const { catalogue, feeBasisPoints } = context
    const { assetId, quantity, costBasis } = holding
    const price = catalogue.get(assetId)?.price
    if (price === undefined || quantity === undefined || costBasis === undefined) return null
    return changeOf(saleProceeds({ price, quantity, feeBasisPoints }), costBasis)
  },
}
