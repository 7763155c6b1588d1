import type { Price, Quantity, Usd } from '@cnop/kit/money'
import type { FeeSchedule } from '@cnop/quotes/fee'
import { averageOver, type Book, bookOf, type LiquidityRules } from '@cnop/quotes/liquidity'
import { isTraded, type Quote } from '@cnop/quotes/quote'
import { type Order, type OrderSide, restOf } from './order.ts'

/** The minimum of one order. A sale of the whole available quantity may be less. */
export interface OrderMinimum {
  readonly quantity: Quantity
  /** In cents, at the execution price and without the fee; the amount itself for an order sized by cash. */
  readonly value: Usd
}

/** The configured limits of one order. */
export interface OrderRules {
  readonly minimum: OrderMinimum
  /** The maximum value of one order at its execution price. */
  readonly maxValue: Usd
  readonly maxLimitPrice: Price
  /** How far above its stop price a stop buy sets cash aside, in per cent. */
  readonly stopAllowancePercent: bigint
  readonly fees: FeeSchedule
  /** How far from its mid price the market trades. */
  readonly liquidity: LiquidityRules
  /** A price older than this is not traded on. */
  readonly quoteMaxAgeMs: number
  /** The maximum time until an expiry. */
  readonly longestWaitMs: number
  /** How many orders of one user may wait: the ledger's checkpoint of an account keeps all their holds in one row. */
  readonly mostOpen: number
}

/** The market data of a decision. */
export interface MarketQuote extends Partial<Book> {
  /** The mid price, which values and triggers; trades are at the prices of the book. */
  readonly price: Price
  readonly quotedAt: string
  readonly isActive: boolean
  /** The best price before the account had taken some of the side that it trades on; absent while it has not. */
  readonly bestBefore?: Price | undefined
  /** Since when trading is halted; absent while it is not. */
  readonly haltedSince?: string | undefined
}

/** The average price at which the market trades a quantity now; for a quantity of 0 its best one. */
export function tradePrice(side: OrderSide, quote: MarketQuote, quantity: Quantity): Price {
  const levels = side === 'BUY' ? quote.asks : quote.bids
  return levels === undefined ? quote.price : averageOver(levels, side, quantity)
}

/** The price at which an order would fill. */
export const fillPrice = (
  order: Pick<Order, 'side' | 'status' | 'quantity' | 'filledQuantity'>,
  quote: MarketQuote,
): Price => tradePrice(order.side, quote, restOf(order))

/** A quote with the prices at which the market trades. */
export const withBook = (quote: Quote, { liquidity }: OrderRules): Quote & Book => ({
  ...quote,
  ...bookOf(liquidity, quote),
})

export function isFresh(quote: MarketQuote, rules: OrderRules, nowMs: number): boolean {
  return nowMs - Date.parse(quote.quotedAt) <= rules.quoteMaxAgeMs
}

export const isTradable = (quote: MarketQuote): boolean => isTraded(quote) && quote.price > 0n
