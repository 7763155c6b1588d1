import { priceFromUnits, price as priceOf, divide, type Price } from '@cnop/kit/money'
import { isReached, oppositeOf, type PriceDirection } from '@cnop/quotes/nearest-waiting'
import { fired, type Repeat } from '@cnop/quotes/rearm'
import type { SeenPrice } from '@cnop/quotes/seen-prices'
import { basisPoints } from '@cnop/quotes/trade-amounts'
import { limits } from '@cnop/schema/limits'

export const alertDirections = ['ABOVE', 'BELOW'] as const satisfies readonly PriceDirection[]

export const alertStatuses = ['ACTIVE', 'FIRED', 'CANCELLED', 'EXPIRED'] as const
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
  /** How far the price has to move from the reference price; undefined for an alert on a price. */
  readonly changeBasisPoints: number | undefined
  readonly referencePrice: Price | undefined
  /** Of an alert that fires again and again; undefined for one that fires once. */
  readonly repeat: Repeat<Price> | undefined
  readonly status: AlertStatus
  readonly createdAt: string
  readonly expiresAt: string | undefined
  /** When the price was quoted that it was judged by last: at its creation, and whenever it fired or re-armed. Only newer prices count. */
  readonly judgedAt: string
  /** When it reached its final status. */
  readonly closedAt: string | undefined
  readonly firedPrice: Price | undefined
}

/** What an alert waits for: a user has no two active ones that wait for the same. */
export type Wish = Pick<PriceAlert, 'assetId' | 'direction' | 'changeBasisPoints'> & {
  readonly price: Price | undefined
}

/** A wish in one text. A move is one whatever it is measured from. */
export const nameOfWish = ({ assetId, direction, price, changeBasisPoints }: Wish): string =>
  `${assetId}#${direction}#${changeBasisPoints === undefined ? price : `${changeBasisPoints}bp`}`

/** The first price that is as far from the reference as an alert waits for. */
export function movedPrice(reference: Price, direction: PriceDirection, points: number): Price {
  const change = direction === 'ABOVE' ? BigInt(points) : -BigInt(points)
  const round = direction === 'ABOVE' ? 'up' : 'down'
  return priceFromUnits(divide(reference * (basisPoints + change), basisPoints, round))
}

const idPattern = /^[A-Za-z0-9_]{10,50}$/

export const isAlertId = (text: string): boolean => idPattern.test(text)

/** The price that an alert waits for now: its own, or the one at which it re-arms. */
export const waitOf = ({
  direction,
  price,
  repeat,
}: Pick<PriceAlert, 'direction' | 'price' | 'repeat'>): Pick<PriceAlert, 'direction' | 'price'> =>
  !repeat || repeat.isArmed
    ? { direction, price }
    : { direction: oppositeOf(direction), price: repeat.rearmAt }

/** Whether a price is what the alert waits for: it is reached in time, and it is newer than the last check of the alert. */
export function isMet(alert: PriceAlert, { price, quotedAt }: SeenPrice): boolean {
  const { judgedAt, expiresAt } = alert
  const isInTime = quotedAt > judgedAt && (expiresAt === undefined || quotedAt < expiresAt)
  const wait = waitOf(alert)
  return isInTime && isReached(wait.direction, wait.price, price)
}

/** What becomes of an alert at a price that it waits for, and whether its user is told. */
export function meetAlert(
  alert: PriceAlert,
  { price, quotedAt }: SeenPrice,
  at: string,
): { readonly alert: PriceAlert; readonly isTold: boolean } {
  const { repeat } = alert
  if (!repeat) {
    return { alert: { ...alert, status: 'FIRED', closedAt: at, firedPrice: price }, isTold: true }
  }
  const judged = { ...alert, judgedAt: quotedAt }
  if (!repeat.isArmed) {
    return { alert: { ...judged, repeat: { ...repeat, isArmed: true } }, isTold: false }
  }
  const next = fired(repeat, at)
  if (next.isSilent) return { alert: { ...judged, repeat: next.repeat }, isTold: false }
  return { alert: { ...judged, repeat: next.repeat, firedPrice: price }, isTold: true }
}

export const cancelAlert = (alert: PriceAlert, at: string): PriceAlert => ({
  ...alert,
  status: 'CANCELLED',
  closedAt: at,
})

export const expireAlert = (alert: PriceAlert, at: string): PriceAlert => ({
  ...alert,
  status: 'EXPIRED',
  closedAt: at,
})
