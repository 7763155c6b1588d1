import { formatExactPrice } from '../format/money.ts'
import type { OrderStatus, OrderType, TimeInForce } from '../generated/graphql.ts'
import { i18n } from '../i18n.ts'

/** The types of orders in words. */
export const orderTypeNames: Readonly<Record<OrderType, string>> = {
  MARKET: i18n.t('Market (order)', undefined, { message: 'Market' }),
  LIMIT: i18n.t('Limit'),
  STOP: i18n.t('Stop'),
  STOP_LIMIT: i18n.t('Stop limit'),
  TRAILING_STOP: i18n.t('Trailing stop'),
  OCO: i18n.t('Limit or stop'),
}

type Trail = {
  readonly trailAmount?: string | null
  readonly trailBasisPoints?: number | null
}

/** The distance of a trailing stop in words: "2.5%", "$150.00 per unit"; null for every other order. */
export function trailOf({ trailAmount, trailBasisPoints }: Trail): string | null {
  if (trailAmount) return i18n.t('{price} per unit', { price: formatExactPrice(trailAmount) })
  return trailBasisPoints == null ? null : `${trailBasisPoints / 100}%`
}

type Limits = {
  readonly type: OrderType
  readonly limitPrice: string | null
  readonly stopLimitPrice?: string | null
  readonly triggeredAt?: string | null
}

/** The limit of an order as it is now: once the stop of an OCO order was triggered, only that of its stop is left. */
export const limitOf = ({
  type,
  limitPrice,
  stopLimitPrice,
  triggeredAt,
}: Limits): string | null => (type === 'OCO' && triggeredAt ? (stopLimitPrice ?? null) : limitPrice)

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
  GTC: i18n.t('Good till cancelled'),
  GTD: i18n.t('Good till a date'),
  DAY: i18n.t('Good till the UTC day ends'),
  IOC: i18n.t('Immediate or cancel'),
  FOK: i18n.t('Fill or kill'),
}
