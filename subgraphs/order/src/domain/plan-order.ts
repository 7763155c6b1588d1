import { BadInput } from '@cnop/kit/errors'
import { notional, type Price, type Quantity, type Usd } from '@cnop/kit/money'
import { extremes } from '@cnop/quotes/candle'
import { AssetHalted, AssetNotTradable } from '@cnop/quotes/errors'
import {
  OrderTooLarge,
  paysNothing,
  PriceMoved,
  quantityTooSmall,
  QuoteStale,
  StopPriceReached,
  TooManyOpenOrders,
  valueTooSmall,
} from './errors.ts'
import type { OrderRequest } from './order-request.ts'
import { stopCeiling, stopDirection } from './stop.ts'
import { mayWait } from './order-terms.ts'
import { quantityFor } from './order-size.ts'
import { isFresh, isTradable, type MarketQuote, type OrderRules } from './order-rules.ts'
import { isReached } from '@cnop/quotes/nearest-waiting'
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
  const { side } = request
  const { feeBasisPoints } = now.rules
  const outcome = outcomeOf(request, now)
  const price = outcome === 'FILL' ? quote.price : (waitingPrice(request) ?? quote.price)
  const quantity =
    request.quantity === undefined
      ? quantityFor({ side, price, feeBasisPoints, quoteAmount: request.quoteAmount, available })
      : request.quantity
  const paid = outcome === 'FILL' ? price : (holdPrice(request, now.rules) ?? price)
  const amounts = tradeAmounts({ side, quantity, price: paid, feeBasisPoints })
  return { outcome, price, quantity, ...amounts }
}

/** What the market must reach: the stop price before the limit. */
const waitingPrice = ({ limitPrice, stopPrice }: OrderRequest): Price | undefined =>
  stopPrice ?? limitPrice

/** The price by which an order that waits sets cash aside: the worst one it may fill at. */
function holdPrice(request: OrderRequest, rules: OrderRules): Price | undefined {
  const { side, limitPrice, stopPrice } = request
  if (limitPrice !== undefined || stopPrice === undefined) return limitPrice
  return side === 'BUY' ? stopCeiling(stopPrice, rules) : stopPrice
}

function outcomeOf(
  { side, limitPrice, stopPrice, timeInForce }: OrderRequest,
  { quote, rules, nowMs }: Circumstances,
): OrderOutcome {
  if (stopPrice !== undefined) return 'WAIT'
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
  const { assetId, stopPrice, timeInForce } = request
  const { isActive, haltedSince } = quote
  if (isActive && haltedSince !== undefined) throw new AssetHalted(assetId, haltedSince)
  if (!isTradable(quote)) throw new AssetNotTradable(assetId)
  if (mayWait(timeInForce) && stopPrice === undefined) return
  if (!isFresh(quote, rules, nowMs)) throw new QuoteStale(assetId, quote.quotedAt)
  refusePrice(request, quote)
}

/** Refuses a price at which a market order may not fill, or a stop order would not wait. */
function refusePrice({ side, stopPrice, worstPrice }: OrderRequest, quote: MarketQuote): void {
  if (stopPrice !== undefined && isReached(stopDirection(side), stopPrice, quote.price)) {
    throw new StopPriceReached(quote.price, stopPrice)
  }
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
  const value = cappedValue(request, plan, now)
  const { maxValue } = now.rules
  if (value > maxValue) throw new OrderTooLarge(value, maxValue)
}

function refuseSmall({ quantity }: OrderPlan, value: Usd, { minimum }: OrderRules): void {
  if (quantity < minimum.quantity) throw quantityTooSmall(minimum.quantity)
  if (value < minimum.value) throw valueTooSmall(minimum.value)
}

/** An order that waits counts with the highest of its prices and the market, because it may fill at any of them. */
function cappedValue(request: OrderRequest, plan: OrderPlan, { quote, rules }: Circumstances): Usd {
  const { side } = request
  const waiting = [holdPrice(request, rules), waitingPrice(request)].flatMap((price) => price ?? [])
  if (waiting.length === 0) return plan.value
  const { high: highest } = extremes([...waiting, quote.price])
  return notional(highest, plan.quantity, { round: side === 'BUY' ? 'up' : 'down' })
}
