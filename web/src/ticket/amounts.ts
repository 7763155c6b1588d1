import {
  formatPrice,
  formatQuantity,
  formatUsd,
  parsePrice,
  parseQuantity,
  parseUsd,
  type Price,
  type Quantity,
  quantityFromUnits,
  priceFromUnits,
  priceScale,
  quantityScale,
  type Usd,
  usdFromCents,
  usdScale,
} from '@cnop/kit/money'
import type { OrderSide, OrderType } from '../generated/graphql.ts'
import { endOfDay } from './expiry.ts'

/** What the person typed. Amounts are text until they are sent. */
export type Draft = {
  readonly side: OrderSide
  readonly type: OrderType
  readonly unit: 'QUANTITY' | 'USD'
  readonly amount: string
  readonly limitPrice: string
  /** The last day of a limit order; empty: it waits until it is cancelled. */
  readonly lastDay: string
}

export const emptyDraft: Draft = {
  side: 'BUY',
  type: 'MARKET',
  unit: 'QUANTITY',
  amount: '',
  limitPrice: '',
  lastDay: '',
}

function tryParse<Value>(parse: (text: string) => Value, text: string): Value | undefined {
  try {
    return parse(text.trim().replaceAll(',', ''))
  } catch {
    return undefined
  }
}

const centsPerQuantityAndPrice = 10n ** BigInt(priceScale + quantityScale - usdScale)

/** The most of an asset that an amount of money pays for. */
export function quantityFor(value: Usd, at: Price): Quantity {
  return quantityFromUnits(at > 0n ? (value * centsPerQuantityAndPrice) / at : 0n)
}

/** The price that decides how much an amount of money buys: the limit, or the market. */
function decidingPrice(draft: Draft, marketPrice: string | undefined): Price | undefined {
  const text = draft.type === 'LIMIT' ? draft.limitPrice : (marketPrice ?? '')
  const price = tryParse(parsePrice, text)
  return price !== undefined && price > 0n ? price : undefined
}

/** How much of the asset the draft asks for; undefined while it is not a positive amount. */
function draftQuantity(draft: Draft, marketPrice: string | undefined): Quantity | undefined {
  if (draft.unit === 'QUANTITY') {
    const quantity = tryParse(parseQuantity, draft.amount)
    return quantity !== undefined && quantity > 0n ? quantity : undefined
  }
  const value = tryParse(parseUsd, draft.amount)
  const price = decidingPrice(draft, marketPrice)
  if (value === undefined || price === undefined) return undefined
  const quantity = quantityFor(value, price)
  return quantity > 0n ? quantity : undefined
}

type LimitTerms = { readonly limitPrice?: string; readonly expiresAt?: string }

/** What only a limit order says. */
function limitTerms({ type, lastDay }: Draft, limit: Price): LimitTerms {
  if (type !== 'LIMIT') return {}
  const expiresAt = endOfDay(lastDay)
  return { limitPrice: formatPrice(limit), ...(expiresAt !== undefined && { expiresAt }) }
}

/** The order that the draft describes; undefined while it is incomplete. */
export function draftOrder(assetId: string, draft: Draft, marketPrice: string | undefined) {
  const quantity = draftQuantity(draft, marketPrice)
  const limit = decidingPrice(draft, marketPrice)
  if (quantity === undefined || limit === undefined) return undefined
  return {
    assetId,
    side: draft.side,
    type: draft.type,
    quantity: formatQuantity(quantity),
    ...limitTerms(draft, limit),
  }
}

/** A share of what can be spent or sold, rounded down; all of it is exactly all. */
export function shareOf(
  draft: Draft,
  percent: number,
  available: { cash: string; quantity: string },
): Draft {
  const part = (whole: bigint) => (whole * BigInt(percent)) / 100n
  return draft.side === 'BUY'
    ? { ...draft, unit: 'USD', amount: formatUsd(usdFromCents(part(parseUsd(available.cash)))) }
    : {
        ...draft,
        unit: 'QUANTITY',
        amount: formatQuantity(quantityFromUnits(part(parseQuantity(available.quantity)))),
      }
}

/** The price beyond which a market order is refused instead of filled. */
export function worstPrice(price: string, side: OrderSide, slippagePercent: number): string {
  const factor = side === 'BUY' ? 100n + BigInt(slippagePercent) : 100n - BigInt(slippagePercent)
  return formatPrice(priceFromUnits((parsePrice(price) * factor) / 100n))
}
