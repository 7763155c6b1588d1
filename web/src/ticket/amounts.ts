import {
  divide,
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
import { limits } from '@cnop/schema/limits'
import type { Failure } from '../api/errors.ts'
import { parseAmount, type TypedAmount } from '../format/amount.ts'
import type { OrderSide, OrderType } from '../generated/graphql.ts'
import type { Draft } from './draft.ts'
import { endOfDay } from './expiry.ts'

const centsPerQuantityAndPrice = 10n ** BigInt(priceScale + quantityScale - usdScale)

/** The largest quantity that an amount of cash pays for. */
export function quantityFor(value: Usd, at: Price): Quantity {
  return quantityFromUnits(at > 0n ? (value * centsPerQuantityAndPrice) / at : 0n)
}

/** An order as the API accepts it, sized by quantity or, when it fills at the market, by cash. */
export type DraftedOrder = {
  readonly assetId: string
  readonly side: OrderSide
  readonly type: OrderType
  readonly quantity?: string
  readonly quoteAmount?: string
  readonly limitPrice?: string
  readonly expiresAt?: string
}

/** The order of a draft, or what is missing, as a sentence. */
export type Drafted =
  | { readonly order: DraftedOrder; readonly missing?: undefined }
  | { readonly order?: undefined; readonly missing: string }

/** The inputs of an order that have a field in the form, as messages name it. */
export const inputNouns: Readonly<Record<string, string>> = {
  limitPrice: 'limit price',
  expiresAt: 'last day',
  quantity: 'quantity',
  quoteAmount: 'amount',
}

/** Whether a refusal is about one of these inputs, where it is shown. */
export const isAtInput = ({ field }: Failure): boolean => field !== undefined && field in inputNouns

export const typedAmount = ({ unit, amount }: Draft): TypedAmount => parseAmount(amount, unit)

export const typedLimit = ({ type, limitPrice }: Draft): TypedAmount =>
  type === 'LIMIT' ? parseAmount(limitPrice, 'PRICE', limits.highestLimitPrice) : {}

function missingFrom(typed: TypedAmount, article: string, noun: string): string | undefined {
  if (typed.problem !== undefined) return `Correct the ${noun} first.`
  return typed.plain === undefined ? `Enter ${article} ${noun} first.` : undefined
}

/** The first missing field, from top to bottom of the form. */
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

/** The fee in a preview, and the total that contains it. */
export type FeeSample = { readonly fee: string; readonly total: string }

/** The dollars that remain for the asset after the fee. The sample's fee share is never below the real one. */
function withoutFee(value: Usd, { fee, total }: FeeSample): Usd {
  const worth = parseUsd(total) - parseUsd(fee)
  if (worth <= 0n) return value
  return usdFromCents(value - divide(value * parseUsd(fee), worth, 'up'))
}

/**
 * A limit order is sized by quantity: what the dollars buy at the limit, fee included, or the sale that yields them.
 */
function limitSize(amount: string, limitPrice: string, fee: FeeSample | undefined): string {
  const value = fee ? withoutFee(parseUsd(amount), fee) : parseUsd(amount)
  return formatQuantity(quantityFor(value, parsePrice(limitPrice)))
}

type Size = Pick<DraftedOrder, 'quantity' | 'quoteAmount'>

function sizeOf(
  draft: Draft,
  amount: string,
  limitPrice: string | undefined,
  fee?: FeeSample,
): Size {
  if (draft.unit === 'QUANTITY') return { quantity: amount }
  if (limitPrice === undefined) return { quoteAmount: amount }
  return { quantity: limitSize(amount, limitPrice, draft.side === 'BUY' ? fee : undefined) }
}

type DraftFacts = {
  /** The problem of the last day. */
  readonly dayProblem?: string | null
  /** The fee in a preview of this exact draft. */
  readonly fee?: FeeSample | undefined
}

/** The order of a draft. Dollars at the market remain dollars, so that the order never spends more than was typed. */
export function draftOrder(
  assetId: string,
  draft: Draft,
  { dayProblem = null, fee }: DraftFacts = {},
): Drafted {
  const { plain: amount } = typedAmount(draft)
  const missing = findMissing(draft, dayProblem)
  if (missing !== undefined || amount === undefined) return { missing: missing ?? '' }
  const { plain: limitPrice } = typedLimit(draft)
  const size = sizeOf(draft, amount, limitPrice, fee)
  if (size.quantity === '0') return { missing: 'This is worth less than the smallest quantity.' }
  const { side, type } = draft
  const order = { assetId, side, type, ...size }
  if (limitPrice === undefined) return { order }
  const expiresAt = endOfDay(draft.lastDay)
  return { order: { ...order, limitPrice, ...(expiresAt !== undefined && { expiresAt }) } }
}

/** A share of what can be spent or sold, rounded down; 100 per cent is exactly all. */
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

/** Whether a limit is worse than the market by more than `percent` per cent: the order would fill far beyond it. */
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
