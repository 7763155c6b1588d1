import {
  formatQuantity,
  formatUsd,
  notional,
  parsePrice,
  parseQuantity,
  parseUsd,
  type Price,
} from '@cnop/kit/money'
import type { OrderSide } from '../generated/graphql.ts'
import { quantityFor, typedAmount } from './amounts.ts'
import { type Draft, isBegun, startDraft } from './draft.ts'
import { sizingPrice, termsOf } from './terms.ts'

/** The price that the order of a draft sets, or else the market price that the ticket shows. */
export function priceOf(draft: Draft, marketPrice: string | undefined): Price | undefined {
  const { side, type } = draft
  const own = sizingPrice({ side, type, ...termsOf(draft) }, marketPrice)
  return own ?? (marketPrice === undefined ? undefined : parsePrice(marketPrice))
}

function convert(draft: Draft, marketPrice: string | undefined): string {
  const { plain } = typedAmount(draft)
  // What cannot be understood remains, with its reason.
  if (plain === undefined) return draft.amount
  const price = priceOf(draft, marketPrice)
  if (price === undefined) return ''
  return draft.unit === 'QUANTITY'
    ? formatUsd(notional(price, parseQuantity(plain), { round: 'down' }))
    : formatQuantity(quantityFor(parseUsd(plain), price))
}

/** The draft in another unit, at the price of the ticket. On the way back it is what was typed, unless it was changed meanwhile. */
export function withUnit(
  draft: Draft,
  unit: Draft['unit'],
  marketPrice: string | undefined,
): Draft {
  if (unit === draft.unit) return draft
  const { typed, amount } = draft
  if (typed?.unit === unit && typed.shown === amount) {
    return { ...draft, unit, amount: typed.amount, typed: null }
  }
  const shown = convert(draft, marketPrice)
  return { ...draft, unit, amount: shown, typed: { unit: draft.unit, amount, shown } }
}

/** The drafts of one asset: that of the ticket, and that of the other side. */
export type Sides = {
  readonly draft: Draft
  /** For the way back to the other side. */
  readonly other?: Draft | undefined
  /** The draft was taken over from the other side and not changed since. */
  readonly isCarried?: boolean | undefined
}

/**
 * Turns the ticket to a side. What was begun there comes back whole; otherwise type, unit and, where `carries`, the amount are
 * taken over. Prices are not: a good limit of a buy is a bad one of a sale.
 */
export function turnTo(
  { draft, other, isCarried = false }: Sides,
  side: OrderSide,
  carries: boolean,
): Sides {
  const kept = !isCarried && isBegun(draft) ? draft : undefined
  if (other?.side === side) return { draft: other, other: kept, isCarried: false }
  const { amount } = draft
  const fresh = startDraft(draft, side)
  return { draft: carries ? { ...fresh, amount } : fresh, other: kept, isCarried: true }
}
