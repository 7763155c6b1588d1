import type { Price, Quantity, Usd } from '@cnop/kit/money'

export const orderSides = ['BUY', 'SELL'] as const
export type OrderSide = (typeof orderSides)[number]

export const orderTypes = ['MARKET', 'LIMIT'] as const
export type OrderType = (typeof orderTypes)[number]

export const orderStatuses = ['PENDING', 'COMPLETED', 'CANCELLED', 'EXPIRED', 'FAILED'] as const
export type OrderStatus = (typeof orderStatuses)[number]

/** The fields of an order in any state. */
export interface Order {
  readonly id: string
  readonly username: string
  readonly side: OrderSide
  readonly type: OrderType
  readonly status: OrderStatus
  readonly assetId: string
  readonly quantity: Quantity
  /** The cash that a market order was sized by, when it was not sized by quantity. */
  readonly quoteAmount: Usd | undefined
  /** The fee agreed at placement, so that a hold always covers the fill that it was made for. */
  readonly feeBasisPoints: bigint
  readonly limitPrice: Price | undefined
  /** The price it filled at, and when that price was quoted. */
  readonly price: Price | undefined
  readonly quotedAt: string | undefined
  readonly total: Usd | undefined
  readonly fee: Usd | undefined
  /** The cash that a waiting buy has set aside. */
  readonly heldCash: Usd | undefined
  readonly reason: string | undefined
  readonly expiresAt: string | undefined
  readonly createdAt: string
  readonly updatedAt: string
  /** The places of the entries in the user's journal that moved money for it, oldest first; at most two. */
  readonly entrySequences: readonly bigint[]
}

/** Only an open order changes; every other status is final. */
export const isOpen = (order: Order): boolean => order.status === 'PENDING'

const idPattern = /^[A-Za-z0-9_]{10,50}$/

export const isOrderId = (text: string): boolean => idPattern.test(text)
