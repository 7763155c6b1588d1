import { addQuantity, type Quantity, zeroQuantity } from '@cnop/kit/money'
import { hasDepth, leftAfter } from '@cnop/quotes/liquidity'
import type { OrderSide } from './order.ts'
import type { MarketQuote } from './order-rules.ts'

/** What an account has taken of one side of a market at one tick. */
export interface DepthUsed {
  /** When the price of the tick was quoted. */
  readonly quotedAt: string
  readonly quantity: Quantity
}

const levelsOf = (side: OrderSide, { asks, bids }: MarketQuote) =>
  (side === 'BUY' ? asks : bids) ?? []

/** What was taken at a tick. To a process that is behind, a later tick counts as this one: depth is never there twice. */
export function usedAt(known: DepthUsed | undefined, quotedAt: string): DepthUsed {
  return known && known.quotedAt >= quotedAt ? known : { quotedAt, quantity: zeroQuantity }
}

/** The market that is left to an account: other accounts have their own. */
export function leftOf<Quote extends MarketQuote>(
  quote: Quote,
  side: OrderSide,
  known: DepthUsed | undefined,
): Quote {
  const levels = levelsOf(side, quote)
  const { quantity } = usedAt(known, quote.quotedAt)
  if (quantity === 0n || !hasDepth(levels)) return quote
  const left = leftAfter(levels, quantity)
  const bestBefore = levels[0]?.price
  return { ...quote, bestBefore, ...(side === 'BUY' ? { asks: left } : { bids: left }) }
}

/** What an account has taken after a trade. */
export function taken(
  known: DepthUsed | undefined,
  { quotedAt }: Pick<MarketQuote, 'quotedAt'>,
  quantity: Quantity,
): DepthUsed {
  const used = usedAt(known, quotedAt)
  return { ...used, quantity: addQuantity(used.quantity, quantity) }
}
