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
import { parseAmount, type TypedAmount } from '../format/amount.ts'
import type { OrderSide, OrderType } from '../generated/graphql.ts'
import type { Draft } from './draft.ts'
import { endOfDay } from './expiry.ts'

const centsPerQuantityAndPrice = 10n ** BigInt(priceScale + quantityScale - usdScale)

/** The most of an asset that an amount of money pays for. */
export function quantityFor(value: Usd, at: Price): Quantity {
  return quantityFromUnits(at > 0n ? (value * centsPerQuantityAndPrice) / at : 0n)
}

/** An order as the API takes it. */
export type DraftedOrder = {
  readonly assetId: string
  readonly side: OrderSide
  readonly type: OrderType
  readonly quantity: string
  readonly limitPrice?: string
  readonly expiresAt?: string
}

/** The order that a draft describes, or what it still lacks, in words. */
export type Drafted =
  | { readonly order: DraftedOrder; readonly missing?: undefined }
  | { readonly order?: undefined; readonly missing: string }

export const typedAmount = ({ unit, amount }: Draft): TypedAmount => parseAmount(amount, unit)

export const typedLimit = ({ type, limitPrice }: Draft): TypedAmount =>
  type === 'LIMIT' ? parseAmount(limitPrice, 'PRICE') : {}

function missingFrom(typed: TypedAmount, article: string, noun: string): string | undefined {
  if (typed.problem !== undefined) return `Correct the ${noun} first.`
  return typed.plain === undefined ? `Enter ${article} ${noun} first.` : undefined
}

/** What is missing from top to bottom of the form. */
function findMissing(draft: Draft, dayProblem: string | null): string | undefined {
  const limit =
    draft.type === 'LIMIT' ? missingFrom(typedLimit(draft), 'a', 'limit price') : undefined
  const day = dayProblem === null ? undefined : 'Correct the last day first.'
  const amount =
    draft.unit === 'USD'
      ? missingFrom(typedAmount(draft), 'an', 'amount')
      : missingFrom(typedAmount(draft), 'a', 'quantity')
  return limit ?? day ?? amount
}

/** The order of a draft at the market price; `dayProblem` is what is wrong with its last day. */
export function draftOrder(
  assetId: string,
  draft: Draft,
  marketPrice: string | undefined,
  dayProblem: string | null = null,
): Drafted {
  const missing = findMissing(draft, dayProblem)
  if (missing !== undefined) return { missing }
  const { plain: amount = '' } = typedAmount(draft)
  const { plain: limitPrice } = typedLimit(draft)
  const price = limitPrice ?? marketPrice
  if (price === undefined) return { missing: 'Waiting for the current price.' }
  const quantity =
    draft.unit === 'QUANTITY'
      ? parseQuantity(amount)
      : quantityFor(parseUsd(amount), parsePrice(price))
  if (quantity <= 0n) return { missing: 'This is worth less than the smallest quantity.' }
  const expiresAt = endOfDay(draft.lastDay)
  return {
    order: {
      assetId,
      side: draft.side,
      type: draft.type,
      quantity: formatQuantity(quantity),
      ...(limitPrice !== undefined && { limitPrice }),
      ...(limitPrice !== undefined && expiresAt !== undefined && { expiresAt }),
    },
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

/** Whether a limit is worse than the market by more than so many per cent: the order would fill far beyond it. */
export function isThroughMarket(
  { side, limitPrice }: Pick<DraftedOrder, 'side' | 'limitPrice'>,
  marketPrice: string,
  percent: number,
): boolean {
  if (limitPrice === undefined) return false
  const distance = parsePrice(limitPrice) - parsePrice(marketPrice)
  const beyond = side === 'BUY' ? distance : -distance
  return beyond * 100n > parsePrice(marketPrice) * BigInt(percent)
}
