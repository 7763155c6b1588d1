import type { Price, Quantity, Usd } from '@cnop/kit/money'
import { isTraded } from '@cnop/quotes/quote'

/** The least that one order may be. A sale of everything that is available may be less. */
export interface OrderMinimum {
  readonly quantity: Quantity
  /** In cents, at the execution price and without the fee; the amount itself for an order sized by cash. */
  readonly value: Usd
}

/** What one order may be. All of it is configuration. */
export interface OrderRules {
  readonly minimum: OrderMinimum
  /** The most that one order may be worth at its execution price. */
  readonly maxValue: Usd
  readonly maxLimitPrice: Price
  readonly feeBasisPoints: bigint
  /** A price older than this is not traded on. */
  readonly quoteMaxAgeMs: number
  /** The furthest that an expiry may lie ahead. */
  readonly longestWaitMs: number
}

/** What a decision needs to know of the market. */
export interface MarketQuote {
  readonly price: Price
  readonly quotedAt: string
  readonly isActive: boolean
  /** Since when trading is halted; absent while it is not. */
  readonly haltedSince?: string | undefined
}

export function isFresh(quote: MarketQuote, rules: OrderRules, nowMs: number): boolean {
  return nowMs - Date.parse(quote.quotedAt) <= rules.quoteMaxAgeMs
}

export const isTradable = (quote: MarketQuote): boolean => isTraded(quote) && quote.price > 0n
