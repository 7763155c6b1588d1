import { formatPrice, type Price } from '@cnop/kit/money'
import type { PriceAlert } from './price-alert.ts'

export const notificationKinds = ['PRICE_ALERT', 'PRICE_ALERT_ENDED'] as const
export type NotificationKind = (typeof notificationKinds)[number]

/** A message to a user. */
export interface Notification {
  readonly id: string
  readonly username: string
  readonly kind: NotificationKind
  readonly text: string
  readonly createdAt: string
  /** The alert as it became by firing or ending. */
  readonly alert: PriceAlert
}

const idPattern = /^[A-Za-z0-9_]{10,50}$/

export const isNotificationId = (text: string): boolean => idPattern.test(text)

/** The notification of an alert that fired. */
export function notifyOfAlert(id: string, alert: PriceAlert): Notification {
  const { username, assetId, direction, price, firedPrice = price, closedAt } = alert
  const verb = direction === 'ABOVE' ? 'rose' : 'fell'
  const text = `${assetId} ${verb} to ${showExact(firedPrice)}. You asked to be told at ${showExact(price)}.`
  const createdAt = closedAt ?? alert.createdAt
  return { id, username, kind: 'PRICE_ALERT', text, createdAt, alert }
}

/** The notification of an alert that ended without firing, because its asset was delisted. */
export function notifyOfEnd(id: string, alert: PriceAlert): Notification {
  const { username, assetId, direction, price, closedAt } = alert
  const side = direction === 'ABOVE' ? 'above' : 'below'
  const text = `${assetId} was delisted. Your price alert at ${showExact(price)} or ${side} has ended.`
  const createdAt = closedAt ?? alert.createdAt
  return { id, username, kind: 'PRICE_ALERT_ENDED', text, createdAt, alert }
}

/** With all decimals: a rounded price could contradict the one that the user set. */
const showExact = (price: Price): string => show(formatPrice(price))

/** Thousands apart, and at least two decimals. */
function show(plain: string): string {
  const [whole = '0', fraction = ''] = plain.split('.')
  return `$${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${fraction.padEnd(2, '0')}`
}
