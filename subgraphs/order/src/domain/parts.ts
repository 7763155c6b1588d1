import {
  divide,
  notionalDivisor,
  type Price,
  priceFromUnits,
  type Quantity,
  quantityFromUnits,
  subtractUsd,
  type Usd,
  usdFromCents,
  zeroQuantity,
} from '@cnop/kit/money'
import { quantityWithin } from '@cnop/quotes/liquidity'
import { basisPoints, isTriggered, type TradeAmounts } from '@cnop/quotes/trade-amounts'
import { type Liquidity, type Order, type OrderSide, restOf } from './order.ts'
import { fillPrice, type MarketQuote, tradePrice } from './order-rules.ts'
import { limitOf } from './stop.ts'

/** One of the trades of an order that fills in parts. */
export interface Fill {
  readonly orderId: string
  readonly username: string
  /** Its place among the fills of the order, from 1. */
  readonly number: number
  /** The average over the levels of the market that it went through. */
  readonly price: Price
  readonly quantity: Quantity
  /** The cash that moved, fee included. */
  readonly total: Usd
  readonly fee: Usd
  readonly liquidity: Liquidity
  readonly filledAt: string
}

/** More than that would make the row of an order too large; the last part waits until the market is deep enough for all of the rest. */
export const mostFills = 100

type Divisible = Pick<
  Order,
  'type' | 'limitPrice' | 'stopLimitPrice' | 'triggeredAt' | 'timeInForce'
>

/** Whether an order may fill in parts: at a limit. An OCO order whose stop was triggered takes any price, unless its stop has a limit too. */
export const fillsInParts = (order: Divisible): boolean =>
  limitOf(order) !== undefined && order.timeInForce !== 'FOK'

/** What an order has traded, exactly: rounding is that of the whole, in however many parts it fills. */
export interface Progress {
  readonly quantity: Quantity
  /** In price units times quantity units. */
  readonly value: bigint
  /** In cents times basis points. */
  readonly fee: bigint
}

export const noProgress: Progress = { quantity: zeroQuantity, value: 0n, fee: 0n }

export const progressOf = ({ filledQuantity, filledValue, filledFee }: Order): Progress => ({
  quantity: filledQuantity ?? zeroQuantity,
  value: filledValue ?? 0n,
  fee: filledFee ?? 0n,
})

const roundingOf = (side: OrderSide) => (side === 'BUY' ? 'up' : 'down')

const centsOf = (side: OrderSide, { value }: Progress): bigint =>
  divide(value, notionalDivisor, roundingOf(side))

export interface PartTrade {
  readonly price: Price
  readonly quantity: Quantity
  readonly feeBasisPoints: bigint
}

/** What an order has traded after one more trade. The fee is taken of the whole cents that the value grows by. */
export function advance(
  side: OrderSide,
  before: Progress,
  { price, quantity, feeBasisPoints }: PartTrade,
): Progress {
  const after = {
    quantity: quantityFromUnits(before.quantity + quantity),
    value: before.value + price * quantity,
    fee: before.fee,
  }
  const grown = centsOf(side, after) - centsOf(side, before)
  return { ...after, fee: before.fee + grown * feeBasisPoints }
}

/** What all that was traded moves, rounded once: as `tradeAmounts` does for one trade. */
export function amountsOf(side: OrderSide, progress: Progress): TradeAmounts {
  const value = usdFromCents(centsOf(side, progress))
  const fee = usdFromCents(divide(progress.fee, basisPoints, 'up'))
  if (side === 'BUY') return { value, fee, total: usdFromCents(value + fee) }
  const charged = fee > value ? value : fee
  return { value, fee: charged, total: subtractUsd(value, charged) }
}

/** What the trades between two states move. */
export function amountsBetween(side: OrderSide, before: Progress, after: Progress): TradeAmounts {
  const [from, to] = [amountsOf(side, before), amountsOf(side, after)]
  return {
    value: subtractUsd(to.value, from.value),
    fee: subtractUsd(to.fee, from.fee),
    total: subtractUsd(to.total, from.total),
  }
}

/** The average price of what was traded, rounded against whoever traded. */
export const averageOf = (side: OrderSide, { value, quantity }: Progress): Price =>
  priceFromUnits(divide(value, quantity, roundingOf(side)))

export interface Waiting {
  readonly side: OrderSide
  readonly limitPrice: Price
  readonly rest: Quantity
  readonly progress: Progress
  readonly fillCount: number
  /** The rate that the part is charged. */
  readonly feeBasisPoints: bigint
}

/** What an order at a limit trades now: all of its rest, or a part. */
export interface Part extends TradeAmounts {
  readonly price: Price
  readonly quantity: Quantity
  readonly isWhole: boolean
  readonly after: Progress
}

/** What is left of an order is worth this at its limit, so that the rest of a sale pays something after the fee. */
const leastRestCents = 2n

/**
 * What the market trades now of an order at its limit or better; undefined for nothing. A part that is worth less than a cent waits, and so
 * does one beyond the most that an order may have. `isWhole` may pay nothing: that is for the caller to judge.
 */
export function nextPart(waiting: Waiting, quote: MarketQuote): Part | undefined {
  const { side, rest, progress, feeBasisPoints } = waiting
  const quantity = sizeNow(waiting, quote)
  if (quantity <= 0n) return undefined
  const price = tradePrice(side, quote, quantity)
  const after = advance(side, progress, { price, quantity, feeBasisPoints })
  const amounts = amountsBetween(side, progress, after)
  const isWhole = quantity === rest
  if (!isWhole && amounts.total <= 0n) return undefined
  return { price, quantity, isWhole, after, ...amounts }
}

/** All of what is left of an order, at any price: that of an OCO order whose stop was triggered after parts had filled at its limit. */
export function lastPart(order: Order, price: Price, feeBasisPoints: bigint): Part {
  const { side } = order
  const [quantity, progress] = [restOf(order), progressOf(order)]
  const after = advance(side, progress, { price, quantity, feeBasisPoints })
  return { price, quantity, isWhole: true, after, ...amountsBetween(side, progress, after) }
}

function sizeNow({ side, limitPrice, rest, fillCount }: Waiting, quote: MarketQuote): Quantity {
  const within = quantityNow(side, limitPrice, quote)
  if (within === undefined || within >= rest) return rest
  if (fillCount + 1 >= mostFills) return zeroQuantity
  const leastRest = divide(leastRestCents * notionalDivisor, limitPrice, 'up')
  const most = rest - leastRest
  return quantityFromUnits(within < most ? within : most)
}

/** How much of an asset the market trades at a limit or better; undefined where that has no end. */
function quantityNow(side: OrderSide, limit: Price, quote: MarketQuote): Quantity | undefined {
  const levels = side === 'BUY' ? quote.asks : quote.bids
  if (levels !== undefined) return quantityWithin(levels, side, limit)
  return isTriggered(side, limit, quote.price) ? undefined : zeroQuantity
}

/** Whether the market trades something of an order at a limit: the whole on average, or a part of one that fills in parts. */
export function isMet(order: Order, limit: Price, quote: MarketQuote): boolean {
  if (!fillsInParts(order)) return isTriggered(order.side, limit, fillPrice(order, quote))
  const within = quantityNow(order.side, limit, quote)
  return within === undefined || within > 0n
}

/** The cash that a buy needs for what is left of it, at its limit and the highest fee that it may pay. */
export function holdForRest(progress: Progress, rest: PartTrade): Usd {
  if (rest.quantity === 0n) return usdFromCents(0n)
  return amountsBetween('BUY', progress, advance('BUY', progress, rest)).total
}
