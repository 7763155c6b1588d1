import type { Price, Quantity } from '@cnop/kit/money'
import type { Order, OrderSide } from './order.ts'
import type { Fill } from './parts.ts'

/** A fill for everyone to see: what was traded, and neither whose order it was nor which one. */
export interface Trade {
  readonly assetId: string
  readonly side: OrderSide
  readonly price: Price
  readonly quantity: Quantity
  /** To the second, so that it does not lead back to an order whose time somebody knows. */
  readonly executedAt: string
}

/** The most trades of an asset that are kept and shown. */
export const mostTrades = 50

/** The trade that an order has just made, whole or with the fill of a part; undefined when the order has not filled. */
export function tradeOf(order: Order, fill?: Fill): Trade | undefined {
  const { status, fillCount, assetId, side, updatedAt } = order
  const { price, quantity } = fill ?? order
  const isWhole = status === 'COMPLETED' && fillCount === undefined
  return (fill || isWhole) && price !== undefined
    ? { assetId, side, price, quantity, executedAt: `${updatedAt.slice(0, 19)}.000Z` }
    : undefined
}
