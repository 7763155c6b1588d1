import { divide, type Price, priceFromUnits } from '@cnop/kit/money'
import type { PriceDirection } from '@cnop/quotes/nearest-waiting'
import type { Order, OrderSide, OrderType } from './order.ts'
import type { OrderRules } from './order-rules.ts'

/** What the hold of a stop buy depends on, beside the order. */
export type HoldRules = Pick<OrderRules, 'stopAllowancePercent'>

export const isStopType = (type: OrderType): boolean => type !== 'MARKET' && type !== 'LIMIT'

/** Whether an order fills at any price once it was triggered. */
export const fillsAtMarket = ({ type, stopLimitPrice }: Limited): boolean =>
  type === 'STOP' || type === 'TRAILING_STOP' || (type === 'OCO' && stopLimitPrice === undefined)

type Limited = Pick<Order, 'type' | 'limitPrice' | 'stopLimitPrice' | 'triggeredAt'>

/** The limit of an order as it is now: once the stop of an OCO order was triggered, that of the stop is left. */
export const limitOf = ({ type, limitPrice, stopLimitPrice, triggeredAt }: Limited) =>
  type === 'OCO' && triggeredAt !== undefined ? stopLimitPrice : limitPrice

/** From where the market reaches a stop: a stop buy follows a rise, a stop sale a fall. */
export const stopDirection = (side: OrderSide): PriceDirection =>
  side === 'BUY' ? 'ABOVE' : 'BELOW'

/** The stop price of an order that still waits for it. */
export const pendingStop = ({ stopPrice, triggeredAt }: Order): Price | undefined =>
  triggeredAt === undefined ? stopPrice : undefined

/** The highest price that a message of the bus can name. */
const highestPrice = priceFromUnits(10n ** 24n - 1n)

/** A price at which every order of this side fills. */
export const anyPrice = (side: OrderSide): Price =>
  side === 'BUY' ? highestPrice : priceFromUnits(0n)

/**
 * The worst price at which an open order may fill now; undefined while it waits for its stop price. Until it is triggered, an OCO order
 * is a limit order.
 */
export function fillLimit(order: Order): Price | undefined {
  if (pendingStop(order) !== undefined) return order.type === 'OCO' ? order.limitPrice : undefined
  return fillsAtMarket(order) ? anyPrice(order.side) : limitOf(order)
}

/**
 * The highest price that a stop buy sets cash aside for: the stop price and an allowance, because the market may be beyond the stop
 * when it is seen there. Above it the order fails instead of taking cash that was never set aside.
 */
const stopCeiling = (stopPrice: Price, { stopAllowancePercent }: HoldRules): Price =>
  priceFromUnits(divide(stopPrice * (100n + stopAllowancePercent), 100n, 'up'))

interface Waiting {
  readonly side: OrderSide
  readonly type: OrderType
  readonly limitPrice: Price | undefined
  readonly stopPrice?: Price | undefined
  readonly stopLimitPrice?: Price | undefined
}

/** The price by which an order that waits sets cash aside: the worst one it may fill at. A stop-limit order never fills beyond its limit. */
export function holdPrice(
  { side, type, limitPrice, stopPrice, stopLimitPrice }: Waiting,
  rules: HoldRules,
): Price | undefined {
  // Of the three prices of an OCO order, it is the worst.
  if (stopLimitPrice !== undefined) return stopLimitPrice
  const isLimited = limitPrice !== undefined && type !== 'OCO'
  if (isLimited || stopPrice === undefined) return limitPrice
  return side === 'BUY' ? stopCeiling(stopPrice, rules) : stopPrice
}
