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
  const text = `${assetId} ${verb} to ${showPrice(firedPrice)}. You asked to be told at ${showPrice(price)}.`
  const createdAt = closedAt ?? alert.createdAt
  return { id, username, kind: 'PRICE_ALERT', text, createdAt, alert }
}

/** The notification of an alert that ended without firing, because its asset was delisted. */
export function notifyOfEnd(id: string, alert: PriceAlert): Notification {
  const { username, assetId, direction, price, closedAt } = alert
  const side = direction === 'ABOVE' ? 'above' : 'below'
  const text = `${assetId} was delisted. Your price alert at ${showPrice(price)} or ${side} has ended.`
  const createdAt = closedAt ?? alert.createdAt
  return { id, username, kind: 'PRICE_ALERT_ENDED', text, createdAt, alert }
}

/** As people write prices: thousands apart, and from one dollar on no more than cents. */
function showPrice(price: Price): string {
  const [whole = '0', fraction = ''] = formatPrice(price).split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  if (fraction === '') return `$${grouped}`
  return whole === '0' ? `$0.${fraction}` : `$${grouped}.${fraction.slice(0, 2).padEnd(2, '0')}`
}
