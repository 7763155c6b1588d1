import { parseQuantity, parseUsd } from '@cnop/kit/money'
import { z } from 'zod'
import type { Position } from '../domain/valuation.ts'

/** What the router sends along with a reference; amounts come as the text that the other subgraph answered. */
const money = z.string().transform((text) => parseUsd(text))
const quantity = z.string().transform((text) => parseQuantity(text))

const portfolio = z.object({
  username: z.string(),
  cash: z.object({ posted: money }).optional(),
  holdings: z.array(z.object({ assetId: z.string(), quantity })).optional(),
})

const holding = z.object({
  username: z.string(),
  assetId: z.string(),
  quantity: quantity.optional(),
  costBasis: money.optional(),
})

export type PortfolioReference = z.infer<typeof portfolio> & {
  readonly holdings?: readonly Position[] | undefined
}
export type HoldingReference = z.infer<typeof holding>

export const readPortfolio = (reference: unknown): PortfolioReference => portfolio.parse(reference)
export const readHolding = (reference: unknown): HoldingReference => holding.parse(reference)
