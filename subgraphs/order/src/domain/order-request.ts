import { BadInput } from '@cnop/kit/errors'
import {
  formatPrice,
  formatQuantity,
  formatUsd,
  type Price,
  type Quantity,
  type Usd,
} from '@cnop/kit/money'
import type { PlaceOrderInput } from '../generated/resolvers.ts'
import type { OrderSide, OrderType } from './order.ts'
import type { OrderRules } from './order-rules.ts'

/** What placing and previewing an order share; a preview has no `worstPrice`. */
export type OrderInput = Omit<PlaceOrderInput, 'key'>

/** How large an order is: so much of the asset, or as much of it as a market order can trade for an amount of cash. */
export type OrderSize =
  | { readonly quantity: Quantity; readonly quoteAmount: undefined }
  | { readonly quantity: undefined; readonly quoteAmount: Usd }

/** A validated order; the market and the account are not checked yet. */
export type OrderRequest = OrderSize & {
  readonly side: OrderSide
  readonly type: OrderType
  readonly assetId: string
  readonly limitPrice: Price | undefined
  readonly worstPrice: Price | undefined
  readonly expiresAt: string | undefined
}

const ticker = /^[A-Za-z0-9]{1,10}$/

/** Checks that depend on neither the clock nor the market, so that a repeat has the same result. */
export function checkRequest(input: OrderInput, rules: OrderRules): OrderRequest {
  if (!ticker.test(input.assetId))
    throw new BadInput('assetId', 'must be 1 to 10 letters or digits')
  return {
    side: input.side,
    type: input.type,
    assetId: input.assetId.toUpperCase(),
    ...checkSize(input),
    ...(input.type === 'LIMIT' ? checkLimitTerms(input, rules) : checkMarketTerms(input)),
  }
}

/** Exactly one of quantity and quoteAmount, more than zero. */
function checkSize({ type, quantity, quoteAmount }: OrderInput): OrderSize {
  if (quoteAmount == null) {
    if (quantity == null) {
      const isMarket = type === 'MARKET'
      throw new BadInput('quantity', isMarket ? 'or quoteAmount is required' : 'is required')
    }
    if (quantity <= 0n) throw new BadInput('quantity', 'must be more than zero')
    return { quantity, quoteAmount: undefined }
  }
  if (type !== 'MARKET') throw new BadInput('quoteAmount', 'belongs to a market order')
  if (quantity != null) throw new BadInput('quoteAmount', 'cannot be combined with quantity')
  if (quoteAmount <= 0n) throw new BadInput('quoteAmount', 'must be more than zero')
  return { quantity: undefined, quoteAmount }
}

type Terms = Pick<OrderRequest, 'limitPrice' | 'worstPrice' | 'expiresAt'>

function checkLimitTerms(
  { limitPrice, worstPrice, expiresAt }: OrderInput,
  rules: OrderRules,
): Terms {
  if (limitPrice == null) throw new BadInput('limitPrice', 'is required for a limit order')
  if (limitPrice <= 0n) throw new BadInput('limitPrice', 'must be more than zero')
  if (limitPrice > rules.maxLimitPrice) {
    throw new BadInput('limitPrice', `must be at most ${formatPrice(rules.maxLimitPrice)}`)
  }
  if (worstPrice != null) throw new BadInput('worstPrice', 'belongs to a market order')
  return { limitPrice, worstPrice: undefined, expiresAt: expiresAt ?? undefined }
}

function checkMarketTerms({ limitPrice, worstPrice, expiresAt }: OrderInput): Terms {
  if (limitPrice != null) throw new BadInput('limitPrice', 'belongs to a limit order')
  if (expiresAt != null) throw new BadInput('expiresAt', 'belongs to a limit order')
  if (worstPrice != null && worstPrice <= 0n)
    throw new BadInput('worstPrice', 'must be more than zero')
  return { limitPrice: undefined, worstPrice: worstPrice ?? undefined, expiresAt: undefined }
}

/** The request as plain JSON: the same order always gives the same text, for comparing repeats. */
export function requestJson(request: OrderRequest): Record<string, string | null> {
  const { side, type, assetId, quantity, quoteAmount, limitPrice, worstPrice, expiresAt } = request
  return {
    side,
    type,
    assetId,
    quantity: quantity === undefined ? null : formatQuantity(quantity),
    // Left out when absent, so that keys used before the field existed still match.
    ...(quoteAmount !== undefined && { quoteAmount: formatUsd(quoteAmount) }),
    limitPrice: limitPrice === undefined ? null : formatPrice(limitPrice),
    worstPrice: worstPrice === undefined ? null : formatPrice(worstPrice),
    expiresAt: expiresAt ?? null,
  }
}
