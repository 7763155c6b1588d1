import type { Price, Quantity, Usd } from '@cnop/kit/money'
import { isTraded } from '@cnop/quotes/quote'

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
  readonly feeBasisPoints: bigint
  /** A price older than this is not traded on. */
  readonly quoteMaxAgeMs: number
  /** The maximum time until an expiry. */
  readonly longestWaitMs: number
  /** How many orders of one user may wait: the ledger's checkpoint of an account keeps all their holds in one row. */
  readonly mostOpen: number
}

/** The market data of a decision. */
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
