import { BadInput } from '@cnop/kit/errors'
import {
  notional,
  type Price,
  type Quantity,
  subtractQuantity,
  type Usd,
  zeroQuantity,
} from '@cnop/kit/money'
import { extremes } from '@cnop/quotes/candle'
import type { FeeRates } from '@cnop/quotes/fee'
import { AssetHalted, AssetNotTradable } from '@cnop/quotes/errors'
import {
  OrderTooLarge,
  paysNothing,
  PriceMoved,
  quantityTooSmall,
  QuoteStale,
  StopPriceReached,
  TooManyOrders,
  valueTooSmall,
} from './errors.ts'
import { hasExits, refuseExits } from './exit.ts'
import { refuseLots } from './named-lots.ts'
import { type Fee, takerFee, waitingFee } from './order-fee.ts'
import type { OrderRequest } from './order-request.ts'
import { holdPrice, isStopType } from './stop.ts'
import { isStopReached, refuseTrail, type Stop, stopAtMarket } from './trail.ts'
import { mayWait } from './order-terms.ts'
import { advance, amountsOf, fillsInParts, nextPart, noProgress, type Part } from './parts.ts'
import { quantityFor } from './order-size.ts'
import {
  isFresh,
  isTradable,
  type MarketQuote,
  type OrderRules,
  tradePrice,
} from './order-rules.ts'
import { isTriggered, tradeAmounts, type TradeAmounts } from '@cnop/quotes/trade-amounts'

/** The inputs of placing an order, except the account's cash, which only the ledger checks. */
export interface Circumstances {
  readonly quote: MarketQuote
  /** The quantity of the asset that the user could sell now. */
  readonly available: Quantity
  /** The quantity of the asset that open orders have set aside. */
  readonly held: Quantity
  /** The lots of the asset, packed. */
  readonly lots: string
  /** How many orders of the user wait, counted up to the most that may; 0 for an order that cannot wait. */
  readonly open: number
  /** What the account pays for its trades, by what it has traded so far. */
  readonly fees: FeeRates
  readonly rules: OrderRules
  readonly nowMs: number
}

/** What becomes of an order at once: it fills, whole or in part, waits for its price, or ends because it may not wait. */
export type OrderOutcome = 'FILL' | 'PART' | 'WAIT' | 'CANCEL'

/** What an order would do: fill at a price, wait for one with `total` set aside, do both, or end with nothing. */
export interface OrderPlan extends TradeAmounts, Stop, Fee {
  readonly outcome: OrderOutcome
  /** What was ordered, or what the ordered amount of cash comes to at the price. */
  readonly quantity: Quantity
  readonly price: Price
  /** What fills at once of an order that fills in part. Its rest waits, with what the total has beyond the part set aside, or is cancelled. */
  readonly part?: Part | undefined
}

/**
 * Prices an order without checking it. A limit order that the market already meets fills at once, at the market price;
 * on a price too old to trade on it waits for the next one. Where the market is not deep enough at the limit, it fills in part.
 */
export function planOrder(request: OrderRequest, now: Circumstances): OrderPlan {
  const { quote, available } = now
  const { side } = request
  const part = partOf(request, now)
  if (part && !part.isWhole) return planPart(request, part, now)
  const outcome = outcomeOf(request, now, part)
  const charged = outcome === 'WAIT' ? waitingFee(request.type, now.fees) : takerFee(now.fees)
  const { feeBasisPoints } = charged
  const stop = stopAtMarket(request, quote.price)
  const waiting = { ...request, stopPrice: stop.stopPrice }
  const priceFor = (amount: Quantity): Price => tradePrice(side, quote, amount)
  const quantity =
    request.quantity === undefined
      ? quantityFor({ side, priceFor, feeBasisPoints, quoteAmount: request.quoteAmount, available })
      : request.quantity
  const market = priceFor(quantity)
  const price = outcome === 'FILL' ? market : (waitingPrice(waiting) ?? market)
  const paid = outcome === 'FILL' ? price : (holdPrice(waiting, now.rules) ?? price)
  const amounts = tradeAmounts({ side, quantity, price: paid, feeBasisPoints })
  return { outcome, price, quantity, ...charged, ...stop, ...amounts }
}

/** What the market trades now of an order that fills in parts; undefined for nothing, and for any other order. */
function partOf(request: OrderRequest, { quote, fees, rules, nowMs }: Circumstances) {
  const { side, type, limitPrice, quantity: rest } = request
  const isLimit = type !== 'STOP_LIMIT' && fillsInParts(request)
  if (!isLimit || limitPrice === undefined || rest === undefined) return undefined
  if (!isFresh(quote, rules, nowMs)) return undefined
  const { feeBasisPoints } = takerFee(fees)
  const progress = noProgress
  return nextPart({ side, limitPrice, rest, progress, fillCount: 0, feeBasisPoints }, quote)
}

/** An order that fills in part: it moves and sets aside what the part and its rest come to, at the worst price that the rest may fill at. */
function planPart(
  request: OrderRequest,
  part: Part,
  { quote, rules, fees }: Circumstances,
): OrderPlan {
  const { side, type, quantity = part.quantity, timeInForce } = request
  const { feeBasisPoints } = waitingFee(type, fees)
  const rest = subtractQuantity(quantity, part.quantity)
  const stop = stopAtMarket(request, quote.price)
  const worst = holdPrice({ ...request, ...stop }, rules) ?? part.price
  const whole = advance(side, part.after, { price: worst, quantity: rest, feeBasisPoints })
  const moved = amountsOf(side, mayWait(timeInForce) ? whole : part.after)
  // The value is that of the order, however much of it waits or is cancelled.
  const { value } = amountsOf(side, whole)
  const { price } = part
  return { outcome: 'PART', part, price, quantity, ...takerFee(fees), ...moved, value, ...stop }
}

type Waiting = Pick<OrderRequest, 'limitPrice' | 'stopPrice'>

/** What the market must reach: the stop price before the limit. */
const waitingPrice = ({ limitPrice, stopPrice }: Waiting): Price | undefined =>
  stopPrice ?? limitPrice

function outcomeOf(
  request: OrderRequest,
  { quote, rules, nowMs }: Circumstances,
  part: Part | undefined,
): OrderOutcome {
  const { side, type, limitPrice, timeInForce, quantity = zeroQuantity } = request
  if (isStopType(type) && type !== 'OCO') return 'WAIT'
  if (limitPrice === undefined) return 'FILL'
  const isMet = fillsInParts(request)
    ? part !== undefined
    : isTriggered(side, limitPrice, tradePrice(side, quote, quantity))
  if (isMet && isFresh(quote, rules, nowMs)) return 'FILL'
  return mayWait(timeInForce) ? 'WAIT' : 'CANCEL'
}

/** Refuses an order that may not be placed now: its time first, then the state of the market, then the limits of one order and of all that wait. */
export function refuseOrder(request: OrderRequest, plan: OrderPlan, now: Circumstances): void {
  refuseTime(request, now)
  refuseMarket(request, plan, now)
  refuseSize(request, plan, now)
  refuseExits(request, plan, now)
  refuseLots(request.lots, now.lots)
  const { mostOpen } = now.rules
  const { outcome } = plan
  const waits = outcome === 'WAIT' || (outcome === 'PART' && mayWait(request.timeInForce))
  const opensExit = (outcome === 'FILL' || outcome === 'PART') && hasExits(request)
  const opens = waits || opensExit
  if (opens && now.open >= mostOpen) throw new TooManyOrders('open orders', mostOpen)
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

function refuseMarket(
  request: OrderRequest,
  { stopPrice, price }: OrderPlan,
  { quote, rules, nowMs }: Circumstances,
): void {
  const { assetId, timeInForce } = request
  const { isActive, haltedSince } = quote
  if (isActive && haltedSince !== undefined) throw new AssetHalted(assetId, haltedSince)
  if (!isTradable(quote)) throw new AssetNotTradable(assetId)
  if (mayWait(timeInForce) && stopPrice === undefined) return
  if (!isFresh(quote, rules, nowMs)) throw new QuoteStale(assetId, quote.quotedAt)
  refuseTrail(request, quote.price)
  refusePrice(request, { stopPrice, price }, quote)
}

/** Refuses a price at which a market order may not fill, or a stop order would not wait. */
function refusePrice(
  { side, worstPrice }: OrderRequest,
  { stopPrice, price }: Pick<OrderPlan, 'stopPrice' | 'price'>,
  quote: MarketQuote,
): void {
  if (stopPrice !== undefined && isStopReached(side, stopPrice, quote.price)) {
    throw new StopPriceReached(quote.price, stopPrice)
  }
  // The worst price belongs to a market order, which fills at the price of its plan.
  if (worstPrice !== undefined && !isTriggered(side, worstPrice, price)) {
    throw new PriceMoved(price, worstPrice)
  }
}

function refuseSize(request: OrderRequest, plan: OrderPlan, now: Circumstances): void {
  // Without this exception dust could never be sold.
  const sellsAll = request.side === 'SELL' && plan.quantity > 0n && plan.quantity === now.available
  if (!sellsAll) refuseSmall(request, plan, now.rules)
  // An order that waits may meet a larger holding when it fills, so it must pay something at its limit.
  const endsHolding = sellsAll && now.held === 0n && plan.outcome === 'FILL'
  if (plan.total <= 0n && !endsHolding) throw paysNothing(request.sizeField)
  const value = cappedValue(request, plan, now)
  const { maxValue } = now.rules
  if (value > maxValue) throw new OrderTooLarge(value, maxValue, request.sizeField)
}

function refuseSmall(
  { quoteAmount, sizeField }: OrderRequest,
  { quantity, value }: OrderPlan,
  { minimum }: OrderRules,
): void {
  if (quantity < minimum.quantity) throw quantityTooSmall(minimum.quantity, sizeField)
  if ((quoteAmount ?? value) < minimum.value) throw valueTooSmall(minimum.value, sizeField)
}

/** An order that waits counts with the highest of its prices and the market, because it may fill at any of them. */
function cappedValue(request: OrderRequest, plan: OrderPlan, { quote, rules }: Circumstances): Usd {
  const { side, limitPrice } = request
  const prices = { ...request, stopPrice: plan.stopPrice }
  const waiting = [holdPrice(prices, rules), waitingPrice(prices), limitPrice].flatMap(
    (price) => price ?? [],
  )
  if (waiting.length === 0) return plan.value
  const market = tradePrice(side, quote, plan.quantity)
  const { high: highest } = extremes([...waiting, market])
  return notional(highest, plan.quantity, { round: side === 'BUY' ? 'up' : 'down' })
}
