import type { Price, Quantity } from '@cnop/kit/money'
import type { Order, OrderSide } from './order.ts'

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

/** The trade that an order has just made; undefined when the order has not filled. */
export const tradeOf = ({
  status,
  assetId,
  side,
  price,
  quantity,
  updatedAt,
}: Order): Trade | undefined =>
  status === 'COMPLETED' && price !== undefined
    ? { assetId, side, price, quantity, executedAt: `${updatedAt.slice(0, 19)}.000Z` }
    : undefined
