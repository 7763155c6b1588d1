import {
  type Price,
  type Quantity,
  subtractQuantity,
  type Usd,
  zeroQuantity,
} from '@cnop/kit/money'

export const orderSides = ['BUY', 'SELL'] as const
export type OrderSide = (typeof orderSides)[number]

export const orderTypes = ['MARKET', 'LIMIT', 'STOP', 'STOP_LIMIT', 'TRAILING_STOP', 'OCO'] as const
export type OrderType = (typeof orderTypes)[number]

export const orderStatuses = [
  'PENDING',
  'PARTIALLY_FILLED',
  'COMPLETED',
  'CANCELLED',
  'EXPIRED',
  'FAILED',
] as const
export type OrderStatus = (typeof orderStatuses)[number]

export const timesInForce = ['GTC', 'GTD', 'DAY', 'IOC', 'FOK'] as const
/** How long an order may wait: until cancelled, until a time, until the UTC day ends, or not at all. */
export type TimeInForce = (typeof timesInForce)[number]

export const liquidities = ['MAKER', 'TAKER'] as const
/** Whether an order waited at its limit price for others to trade with, or took the price that the market showed. */
export type Liquidity = (typeof liquidities)[number]

/** The fields of an order in any state. */
export interface Order {
  readonly id: string
  readonly username: string
  /** The client's own name of the order, if it gave one. */
  readonly clientOrderId?: string | undefined
  /** The order that this one replaced, and the one that replaced it: in one transaction, so that one of them was open at any time. */
  readonly replaces?: string | undefined
  readonly replacedBy?: string | undefined
  /** Where what it buys is sold again: at a limit, at a stop, or at whichever comes first. */
  readonly takeProfitPrice?: Price | undefined
  readonly stopLossPrice?: Price | undefined
  /** The worst price of the stop loss; absent where it sells at the market. */
  readonly stopLossLimitPrice?: Price | undefined
  /** The order that its fill opened, or the latest one of several, and the one whose fill opened it: in one transaction, with the hold. */
  readonly exitOrderId?: string | undefined
  readonly entryOrderId?: string | undefined
  /** The lots that a sale names, packed, and whether some of them were gone when it filled. */
  readonly lots?: string | undefined
  readonly lotsGone?: boolean | undefined
  /** The recurring order that placed it. */
  readonly recurringOrderId?: string | undefined
  readonly side: OrderSide
  readonly type: OrderType
  readonly status: OrderStatus
  readonly assetId: string
  readonly quantity: Quantity
  /** The cash that a market order was sized by, when it was not sized by quantity. */
  readonly quoteAmount: Usd | undefined
  /** The fee agreed at placement, so that a hold always covers the fill that it was made for: that of a taker, and that of a maker where it differs. */
  readonly feeBasisPoints: bigint
  readonly makerFeeBasisPoints?: bigint | undefined
  readonly limitPrice: Price | undefined
  /** For a trailing stop, where the stop is now: behind `bestPrice` by the distance. */
  readonly stopPrice?: Price | undefined
  /** The worst price of the stop side of an OCO order; absent where that fills at the market. */
  readonly stopLimitPrice?: Price | undefined
  /** The distance of a trailing stop: an amount, or basis points of the best price. */
  readonly trailAmount?: Price | undefined
  readonly trailBasisPoints?: number | undefined
  /** The best price that a trailing stop has followed. It only moves in the order's favour. */
  readonly bestPrice?: Price | undefined
  /** When the quote was made by which a stop order was placed, or was moved last: only a later price triggers it. */
  readonly judgedAt?: string | undefined
  /** When a stop order was triggered, and by which price: from then on it is a market or a limit order. */
  readonly triggeredAt?: string | undefined
  readonly triggerPrice?: Price | undefined
  /**
   * What has filled of an order that fills in parts, and in how many; absent before the first part, and for an order that fills whole. What is left
   * is what both sides of an OCO order still sell or buy. The exact
   * value, in price units times quantity units, and the exact fee, in cents times basis points, are what the next part goes on from.
   */
  readonly filledQuantity?: Quantity | undefined
  readonly filledValue?: bigint | undefined
  readonly filledFee?: bigint | undefined
  readonly fillCount?: number | undefined
  /** The price it filled at, on average over its parts, and when the last one was quoted; what moved so far. */
  readonly price: Price | undefined
  readonly quotedAt: string | undefined
  readonly total: Usd | undefined
  readonly fee: Usd | undefined
  /** Whether its fill was that of a maker or of a taker; absent before, and for orders of older releases. */
  readonly liquidity?: Liquidity | undefined
  /** The cash that a waiting buy has set aside. */
  readonly heldCash: Usd | undefined
  readonly reason: string | undefined
  /** Absent for a market order, and for an order of an older release: see `timeInForceOf`. */
  readonly timeInForce?: TimeInForce | undefined
  readonly expiresAt: string | undefined
  readonly createdAt: string
  readonly updatedAt: string
  /** The places of the entries in the user's journal that moved money for it, oldest first: at most two, and one for each part that filled. */
  readonly entrySequences: readonly bigint[]
}

/** Only an open order changes; every other status is final. */
export const isOpen = ({ status }: Pick<Order, 'status'>): boolean =>
  status === 'PENDING' || status === 'PARTIALLY_FILLED'

type Sized = Pick<Order, 'status' | 'quantity' | 'filledQuantity'>

export const filledOf = ({ status, quantity, filledQuantity }: Sized): Quantity =>
  filledQuantity ?? (status === 'COMPLETED' ? quantity : zeroQuantity)

/** What has not filled: it waits while the order is open, and never fills when it has ended. */
export const restOf = (order: Sized): Quantity => subtractQuantity(order.quantity, filledOf(order))

/** Orders of older releases did not say it; those that waited had an expiry or waited until cancelled. */
export function timeInForceOf({ type, timeInForce, expiresAt }: Order): TimeInForce | undefined {
  if (type === 'MARKET') return undefined
  return timeInForce ?? (expiresAt === undefined ? 'GTC' : 'GTD')
}

const idPattern = /^[A-Za-z0-9_]{10,50}$/

export const isOrderId = (text: string): boolean => idPattern.test(text)
