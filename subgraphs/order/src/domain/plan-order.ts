import { BadInput } from '@cnop/kit/errors'
import { notional, type Price, type Quantity, type Usd } from '@cnop/kit/money'
import { AssetHalted, AssetNotTradable } from '@cnop/quotes/errors'
import {
  OrderTooLarge,
  paysNothing,
  PriceMoved,
  quantityTooSmall,
  QuoteStale,
  TooManyOpenOrders,
  valueTooSmall,
} from './errors.ts'
import type { OrderRequest } from './order-request.ts'
import { mayWait } from './order-terms.ts'
import { quantityFor } from './order-size.ts'
import { isFresh, isTradable, type MarketQuote, type OrderRules } from './order-rules.ts'
import { isTriggered, tradeAmounts, type TradeAmounts } from '@cnop/quotes/trade-amounts'

/** The inputs of placing an order, except the account's cash, which only the ledger checks. */
export interface Circumstances {
  readonly quote: MarketQuote
  /** The quantity of the asset that the user could sell now. */
  readonly available: Quantity
  /** The quantity of the asset that open orders have set aside. */
  readonly held: Quantity
  /** How many orders of the user wait, counted up to the most that may; 0 for an order that cannot wait. */
  readonly open: number
  readonly rules: OrderRules
  readonly nowMs: number
}

/** What becomes of an order at once: it fills, waits for its price, or ends because it may not wait. */
export type OrderOutcome = 'FILL' | 'WAIT' | 'CANCEL'

/** What an order would do: fill at a price, wait for one with `total` set aside, or end with nothing. */
export interface OrderPlan extends TradeAmounts {
  readonly outcome: OrderOutcome
  /** What was ordered, or what the ordered amount of cash comes to at the price. */
  readonly quantity: Quantity
  readonly price: Price
}

/**
 * Prices an order without checking it. A limit order that the market already meets fills at once, at the market price;
 * on a price too old to trade on it waits for the next one.
 */
export function planOrder(request: OrderRequest, now: Circumstances): OrderPlan {
  const { quote, available } = now
  const { side, limitPrice } = request
  const { feeBasisPoints } = now.rules
  const outcome = outcomeOf(request, now)
  const price = limitPrice === undefined || outcome === 'FILL' ? quote.price : limitPrice
  const quantity =
    request.quantity === undefined
      ? quantityFor({ side, price, feeBasisPoints, quoteAmount: request.quoteAmount, available })
      : request.quantity
  return { outcome, price, quantity, ...tradeAmounts({ side, quantity, price, feeBasisPoints }) }
}

function outcomeOf(
  { side, limitPrice, timeInForce }: OrderRequest,
  { quote, rules, nowMs }: Circumstances,
): OrderOutcome {
  if (limitPrice === undefined) return 'FILL'
  if (isTriggered(side, limitPrice, quote.price) && isFresh(quote, rules, nowMs)) return 'FILL'
  return mayWait(timeInForce) ? 'WAIT' : 'CANCEL'
}

/** Refuses an order that may not be placed now: its time first, then the state of the market, then the limits of one order and of all that wait. */
export function refuseOrder(request: OrderRequest, plan: OrderPlan, now: Circumstances): void {
  refuseTime(request, now)
  refuseMarket(request, now)
  refuseSize(request, plan, now)
  const { mostOpen } = now.rules
  if (plan.outcome === 'WAIT' && now.open >= mostOpen) throw new TooManyOpenOrders(mostOpen)
}

// Checked here and not in validation, so that a repeat still returns its result after the expiry.
function refuseTime({ expiresAt }: OrderRequest, { rules, nowMs }: Circumstances): void {
  if (expiresAt === undefined) return
  const waitMs = Date.parse(expiresAt) - nowMs
  if (waitMs <= 0) throw new BadInput('expiresAt', 'must be in the future')
  if (waitMs > rules.longestWaitMs) {
    const days = Math.floor(rules.longestWaitMs / 86_400_000)
    throw new BadInput('expiresAt', `must be at most ${days} days ahead`)
  }
}

function refuseMarket(request: OrderRequest, { quote, rules, nowMs }: Circumstances): void {
  const { side, assetId, worstPrice, timeInForce } = request
  const { isActive, haltedSince } = quote
  if (isActive && haltedSince !== undefined) throw new AssetHalted(assetId, haltedSince)
  if (!isTradable(quote)) throw new AssetNotTradable(assetId)
  if (mayWait(timeInForce)) return
  if (!isFresh(quote, rules, nowMs)) throw new QuoteStale(assetId, quote.quotedAt)
  if (worstPrice !== undefined && !isTriggered(side, worstPrice, quote.price)) {
    throw new PriceMoved(quote.price, worstPrice)
  }
}

function refuseSize(request: OrderRequest, plan: OrderPlan, now: Circumstances): void {
  // Without this exception dust could never be sold.
  const sellsAll = request.side === 'SELL' && plan.quantity > 0n && plan.quantity === now.available
  if (!sellsAll) refuseSmall(plan, request.quoteAmount ?? plan.value, now.rules)
  // An order that waits may meet a larger holding when it fills, so it must pay something at its limit.
  const endsHolding = sellsAll && now.held === 0n && plan.outcome === 'FILL'
  if (plan.total <= 0n && !endsHolding) throw paysNothing()
  const value = cappedValue(request, plan, now.quote)
  const { maxValue } = now.rules
  if (value > maxValue) throw new OrderTooLarge(value, maxValue)
}

function refuseSmall({ quantity }: OrderPlan, value: Usd, { minimum }: OrderRules): void {
  if (quantity < minimum.quantity) throw quantityTooSmall(minimum.quantity)
  if (value < minimum.value) throw valueTooSmall(minimum.value)
}

/** A limit order counts with the higher of its limit and the market, because it may fill at either. */
function cappedValue(request: OrderRequest, plan: OrderPlan, quote: MarketQuote): Usd {
  const { side, limitPrice } = request
  if (limitPrice === undefined) return plan.value
  const highest = limitPrice > quote.price ? limitPrice : quote.price
  return notional(highest, plan.quantity, { round: side === 'BUY' ? 'up' : 'down' })
}
