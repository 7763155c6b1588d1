import { BadInput } from '@cnop/kit/errors'
import { formatPrice, price as priceOf, type Price } from '@cnop/kit/money'
import { isReached, type PriceDirection } from '@cnop/quotes/nearest-waiting'
import { limits } from '@cnop/schema/limits'
import { isTicker } from '@cnop/quotes/quote'

export const alertDirections = ['ABOVE', 'BELOW'] as const satisfies readonly PriceDirection[]

export const alertStatuses = ['ACTIVE', 'FIRED', 'CANCELLED'] as const
export type AlertStatus = (typeof alertStatuses)[number]

/** The most that one user may have waiting. */
export const { mostActiveAlerts } = limits

/** No alert waits for more, and none for so little. */
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

/** What to wait for, with a sound shape. */
export type AlertRequest = Pick<PriceAlert, 'assetId' | 'direction' | 'price'>

/** Checks everything that needs no market, so that a repeat is judged like the first time. */
export function checkAlertRequest({ assetId, direction, price }: AlertRequest): AlertRequest {
  if (!isTicker(assetId)) throw new BadInput('assetId', 'must be 1 to 10 letters or digits')
  if (price <= lowestPrice) throw new BadInput('price', 'must be more than zero')
  if (price > highestPrice) {
    throw new BadInput('price', `must be at most ${formatPrice(highestPrice)}`)
  }
  return { assetId: assetId.toUpperCase(), direction, price }
}

const idPattern = /^[A-Za-z0-9_]{10,50}$/

export const isAlertId = (text: string): boolean => idPattern.test(text)

/** A price that the market had at a moment. */
export interface SeenPrice {
  readonly price: Price
  readonly quotedAt: string
}

/** Whether a price makes an alert fire: it is reached, and it is news since the alert was judged last. */
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
