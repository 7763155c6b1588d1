import { formatExactPrice } from '../format/money.ts'
import type { OrderStatus, OrderType, TimeInForce } from '../generated/graphql.ts'

/** The types of orders in words. */
export const orderTypeNames: Readonly<Record<OrderType, string>> = {
  MARKET: 'Market',
  LIMIT: 'Limit',
  STOP: 'Stop',
  STOP_LIMIT: 'Stop limit',
  TRAILING_STOP: 'Trailing stop',
  OCO: 'Limit or stop',
}

type Trail = {
  readonly trailAmount?: string | null
  readonly trailBasisPoints?: number | null
}

/** The distance of a trailing stop in words: "2.5%", "$150.00 per unit"; null for every other order. */
export function trailOf({ trailAmount, trailBasisPoints }: Trail): string | null {
  if (trailAmount) return `${formatExactPrice(trailAmount)} per unit`
  return trailBasisPoints == null ? null : `${trailBasisPoints / 100}%`
}

/** Whether an order still waits, with nothing or a part of it filled. */
export const isOpenOrder = ({ status }: { readonly status: OrderStatus }): boolean =>
  status === 'PENDING' || status === 'PARTIALLY_FILLED'

type Filled = { readonly quantity: string; readonly filledQuantity?: string | null | undefined }

/** Whether some of an order has filled, and some has not. */
export const isPartFilled = ({ quantity, filledQuantity }: Filled): boolean =>
  Number(filledQuantity ?? 0) > 0 && Number(filledQuantity) < Number(quantity)

/** How much of an order has filled, in per cent without a fraction: 0 for almost nothing, 99 for almost all. */
export const filledShare = ({ quantity, filledQuantity }: Filled): string =>
  `${Math.floor((Number(filledQuantity ?? 0) / Number(quantity)) * 100)}\u00a0%`

export const timeInForceNames: Readonly<Record<TimeInForce, string>> = {
  GTC: 'Good till cancelled',
  GTD: 'Good till a date',
  DAY: 'Good till the UTC day ends',
  IOC: 'Immediate or cancel',
  FOK: 'Fill or kill',
}
