import {
  divide,
  formatPrice,
  formatQuantity,
  formatUsd,
  notional,
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
import type { Failure } from '../api/errors.ts'
import { config } from '../config.ts'
import { parseAmount, type TypedAmount } from '../format/amount.ts'
import type { OrderSide, OrderType } from '../generated/graphql.ts'
import { i18n } from '../i18n.ts'
import type { Draft } from './draft.ts'
import { correctionOf, corrections } from './input-words.ts'
import { type NamedLot, nameLots } from './lots.ts'
import { type DraftedTerms, findMissingTerm, missingFrom, sizingPrice, termsOf } from './terms.ts'

const centsPerQuantityAndPrice = 10n ** BigInt(priceScale + quantityScale - usdScale)

/** The largest quantity that an amount of cash pays for. */
export function quantityFor(value: Usd, at: Price): Quantity {
  return quantityFromUnits(at > 0n ? (value * centsPerQuantityAndPrice) / at : 0n)
}

/** An order as the API accepts it, sized by quantity or, when it fills at the market, by cash. */
export type DraftedOrder = DraftedTerms & {
  readonly assetId: string
  readonly side: OrderSide
  readonly type: OrderType
  readonly quantity?: string
  readonly quoteAmount?: string
  readonly lots?: readonly NamedLot[]
}

/** The order of a draft, or what is missing, as a sentence. */
export type Drafted =
  | { readonly order: DraftedOrder; readonly missing?: undefined }
  | { readonly order?: undefined; readonly missing: string }

/** Whether a refusal is about an input that has a field, where it is shown. */
export const isAtInput = ({ field }: Failure): boolean => correctionOf(field) !== undefined

export const typedAmount = ({ unit, amount }: Draft): TypedAmount => parseAmount(amount, unit)

const findMissingDay = ({ type, wait, lastDay }: Draft): string | undefined =>
  type !== 'MARKET' && wait === 'DATE' && lastDay === ''
    ? i18n.t('Choose the last day first.')
    : undefined

/** The first missing field, from top to bottom of the form. */
function findMissing(draft: Draft, dayProblem: string | null): string | undefined {
  const day = dayProblem === null ? findMissingDay(draft) : corrections.expiresAt.first
  const amount =
    draft.unit === 'USD'
      ? missingFrom(typedAmount(draft), corrections.quoteAmount, i18n.t('Enter an amount first.'))
      : missingFrom(typedAmount(draft), corrections.quantity, i18n.t('Enter a quantity first.'))
  return findMissingTerm(draft) ?? day ?? amount
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
 * An order that may wait is sized by quantity: what the dollars buy at its price, fee included, or the sale that yields them.
 */
function sizeAt(price: Price, amount: string, fee: FeeSample | undefined): string {
  const value = fee ? withoutFee(parseUsd(amount), fee) : parseUsd(amount)
  return formatQuantity(quantityFor(value, price))
}

type Size = Pick<DraftedOrder, 'quantity' | 'quoteAmount'>

function sizeOf(
  { side, unit }: Draft,
  amount: string,
  price: Price | undefined,
  fee: FeeSample | undefined,
): Size {
  if (unit === 'QUANTITY') return { quantity: amount }
  if (price === undefined) return { quoteAmount: amount }
  return { quantity: sizeAt(price, amount, side === 'BUY' ? fee : undefined) }
}

export type DraftFacts = {
  /** The problem of the last day. */
  readonly dayProblem?: string | null
  /** The fee in a preview of this exact draft. */
  readonly fee?: FeeSample | undefined
  readonly marketPrice?: string | undefined
  /** What can be sold, by lot, where it is known. */
  readonly lots?: readonly NamedLot[] | undefined
}

/** The order of a draft. Dollars at the market remain dollars, so that the order never spends more than was typed. */
export function draftOrder(
  assetId: string,
  draft: Draft,
  { dayProblem = null, fee, marketPrice, lots }: DraftFacts = {},
): Drafted {
  const { plain: amount } = typedAmount(draft)
  const missing = findMissing(draft, dayProblem)
  if (missing !== undefined || amount === undefined) return { missing: missing ?? '' }
  const { side, type } = draft
  const terms = termsOf(draft)
  const price = sizingPrice({ side, type, ...terms }, marketPrice)
  if (type !== 'MARKET' && price === undefined) {
    return { missing: i18n.t('Waiting for the market price.') }
  }
  const size = sizeOf(draft, amount, price, fee)
  if (size.quantity === '0') {
    return { missing: i18n.t('This is worth less than the smallest quantity.') }
  }
  const named = nameLots(draft, lots, size.quantity)
  if (named.missing !== undefined) return { missing: named.missing }
  return { order: { assetId, side, type, ...size, ...terms, ...named.terms } }
}

/** What can be spent or sold, and the price between the two units where it is known. */
type Available = {
  readonly cash: string
  readonly quantity: string
  readonly price?: Price | undefined
  readonly marketPrice?: string | undefined
  /** The highest value of one order, where it is known. */
  readonly most?: string | undefined
}

const lower = <Value extends bigint>(one: Value, other: Value): Value => (other < one ? other : one)

/** The cash and the quantity of the largest order. An order counts at the highest of its prices and the market price, which moves. */
function largestOrder({ type }: Draft, { price, marketPrice, most }: Available) {
  if (most === undefined || price === undefined) return undefined
  const market = marketPrice === undefined ? price : parsePrice(marketPrice)
  const value = usdFromCents((parseUsd(most) * 100n) / BigInt(100 + config.slippagePercent))
  const quantity = quantityFor(value, market > price ? market : price)
  const cash = type === 'MARKET' ? parseUsd(most) : notional(price, quantity, { round: 'down' })
  return { cash, quantity }
}

/**
 * A share of what can be spent or sold, rounded down, in the unit of the draft. A sale of 100 per cent is always a quantity, so
 * that it is exactly all. A bought quantity leaves a part of the cash for the price and a fee. No share is more than one order may
 * be worth.
 */
export function shareOf(draft: Draft, percent: number, available: Available): Draft {
  const part = (whole: bigint) => (whole * BigInt(percent)) / 100n
  const { price } = available
  const largest = largestOrder(draft, available)
  const shareOfCash = usdFromCents(part(parseUsd(available.cash)))
  const shareOfAsset = quantityFromUnits(part(parseQuantity(available.quantity)))
  const cash = largest ? lower(shareOfCash, largest.cash) : shareOfCash
  const quantity = largest ? lower(shareOfAsset, largest.quantity) : shareOfAsset
  const inUsd = (amount: Usd): Draft => ({ ...draft, unit: 'USD', amount: formatUsd(amount) })
  const inAsset = (amount: Quantity): Draft => ({
    ...draft,
    unit: 'QUANTITY',
    amount: formatQuantity(amount),
  })
  if (draft.side === 'BUY') {
    if (draft.unit === 'USD' || price === undefined) return inUsd(cash)
    const spent = usdFromCents((shareOfCash * 100n) / BigInt(100 + config.slippagePercent))
    const bought = quantityFor(spent, price)
    return inAsset(largest ? lower(bought, largest.quantity) : bought)
  }
  return draft.unit === 'QUANTITY' || price === undefined || percent === 100
    ? inAsset(quantity)
    : inUsd(notional(price, quantity, { round: 'down' }))
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
