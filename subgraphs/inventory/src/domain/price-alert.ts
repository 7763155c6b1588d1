import { BadInput } from '@cnop/kit/errors'
import { formatPrice, price as priceOf, type Price } from '@cnop/kit/money'
import { isReached, type PriceDirection } from '@cnop/quotes/nearest-waiting'
import type { SeenPrice } from '@cnop/quotes/seen-prices'
import { limits } from '@cnop/schema/limits'
import { isTicker } from '@cnop/quotes/quote'

export const alertDirections = ['ABOVE', 'BELOW'] as const satisfies readonly PriceDirection[]

export const alertStatuses = ['ACTIVE', 'FIRED', 'CANCELLED'] as const
export type AlertStatus = (typeof alertStatuses)[number]

/** The maximum number of active alerts per user. */
export const { mostActiveAlerts } = limits

/** The bounds of an alert's price; the lower one is exclusive. */
export const highestPrice = priceOf(limits.highestAlertPrice)
export const lowestPrice = priceOf('0')

export interface PriceAlert {
  readonly id: string
  readonly username: string
  readonly assetId: string
  readonly direction: PriceDirection
  readonly price: Price
  readonly status: AlertStatus
  readonly createdAt: string
  /** When the price was quoted that had not reached the alert's yet. Only newer prices make it fire. */
  readonly judgedAt: string
  /** When it fired or was cancelled. */
  readonly closedAt: string | undefined
  readonly firedPrice: Price | undefined
}

/** A validated request. */
export type AlertRequest = Pick<PriceAlert, 'assetId' | 'direction' | 'price'>

/** Checks that do not depend on the market, so that a repeat has the same result. */
export function checkAlertRequest({ assetId, direction, price }: AlertRequest): AlertRequest {
  if (!isTicker(assetId)) throw new BadInput('assetId', 'must be 1 to 10 letters or digits')
  if (price <= lowestPrice) throw new BadInput('price', 'must be more than zero')
  if (price > highestPrice) {
    throw new BadInput('price', `must be at most ${formatPrice(highestPrice)}`)
  }
  return { assetId: assetId.toUpperCase(), direction, price }
}

/** Whether two alerts wait for the same. */
export const isSameWish = (one: AlertRequest, other: AlertRequest): boolean =>
  one.assetId === other.assetId && one.direction === other.direction && one.price === other.price

const idPattern = /^[A-Za-z0-9_]{10,50}$/

export const isAlertId = (text: string): boolean => idPattern.test(text)

/** Whether a price makes an alert fire: it is reached, and it is newer than the last check of the alert. */
export function fires(alert: PriceAlert, { price, quotedAt }: SeenPrice): boolean {
  return quotedAt > alert.judgedAt && isReached(alert.direction, alert.price, price)
}

export const fireAlert = (alert: PriceAlert, { price }: SeenPrice, at: string): PriceAlert => ({
  ...alert,
  status: 'FIRED',
  closedAt: at,
  firedPrice: price,
})

export const cancelAlert = (alert: PriceAlert, at: string): PriceAlert => ({
  ...alert,
  status: 'CANCELLED',
  closedAt: at,
})
