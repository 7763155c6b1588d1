import { displayedPrice } from '../format/money.ts'
import type { OrderSide, OrderType } from '../generated/graphql.ts'

/** The types of orders that the ticket offers. */
export type TicketType = Extract<OrderType, 'MARKET' | 'LIMIT'>

/** The user's input. Amounts are text until they are sent. */
export type Draft = {
  readonly side: OrderSide
  readonly type: TicketType
  readonly unit: 'QUANTITY' | 'USD'
  readonly amount: string
  readonly limitPrice: string
  /** The last day of a limit order; when empty, the order waits until it is cancelled. */
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

/** A new draft on a side. Type and unit are kept; amounts, limit and last day are cleared. */
export const startDraft = ({ type, unit }: Draft, side: OrderSide): Draft => ({
  ...emptyDraft,
  side,
  type,
  unit,
})

/** A limit order starts with the current price; a market order clears the limit. */
export const withType = (
  draft: Draft,
  type: TicketType,
  marketPrice: string | undefined,
): Draft => ({
  ...draft,
  type,
  limitPrice: type === 'LIMIT' && marketPrice ? displayedPrice(marketPrice) : '',
  lastDay: '',
})

/** A draft after another asset was traded: its limit is outdated. */
export const resumeDraft = (draft: Draft): Draft => ({ ...draft, limitPrice: '', lastDay: '' })
