import { requireOwner } from '@cnop/kit/identity'
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
    const value = await valueOf(holding, context)
    const { costBasis } = holding
    return value === undefined || costBasis === undefined ? null : changeOf(value, costBasis)
  },
}
