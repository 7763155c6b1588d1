import { requireOwner } from '@cnop/kit/identity'
import { saleProceeds } from '@cnop/quotes/trade-amounts'
import type { Context } from '../deps.ts'
import { changeOf, marketValue } from '../domain/valuation.ts'
import { type HoldingReference, readHolding } from './representations.ts'

async function valueOf({ assetId, quantity }: HoldingReference, { quotes }: Context) {
  const quote = await quotes.current(assetId)
  return quote && quantity !== undefined ? marketValue(quote.price, quantity) : undefined
}

export const Holding = {
  __resolveReference: (reference: unknown, context: Context): HoldingReference => {
    const holding = readHolding(reference)
    requireOwner(context, holding.username)
    return holding
  },
  marketValue: (holding: HoldingReference, _args: unknown, context: Context) =>
    valueOf(holding, context),
  unrealisedProfit: async (holding: HoldingReference, _args: unknown, context: Context) => {
    const { quotes, feeBasisPoints } = context
    const { assetId, quantity, costBasis } = holding
    const quote = await quotes.current(assetId)
    if (!quote || quantity === undefined || costBasis === undefined) return null
    return changeOf(saleProceeds({ price: quote.price, quantity, feeBasisPoints }), costBasis)
  },
}
