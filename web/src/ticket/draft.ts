import type { OrderSide, OrderType } from '../generated/graphql.ts'

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

/** A new draft on a side. Type and unit are habits and stay; amounts, limit and last day belong to one side and one order. */
export const startDraft = ({ type, unit }: Draft, side: OrderSide): Draft => ({
  ...emptyDraft,
  side,
  type,
  unit,
})

/** A limit order starts with the price of this moment; a market order forgets the limit. */
export const withType = (
  draft: Draft,
  type: OrderType,
  marketPrice: string | undefined,
): Draft => ({
  ...draft,
  type,
  limitPrice: type === 'LIMIT' ? (marketPrice ?? '') : '',
  lastDay: '',
})

/** A draft that is come back to from another asset: its limit is of another moment. */
export const resumeDraft = (draft: Draft): Draft => ({ ...draft, limitPrice: '', lastDay: '' })
