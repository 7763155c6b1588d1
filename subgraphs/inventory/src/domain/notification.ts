import type { Notification } from '@cnop/outbox/notification'
import { showPrice } from '@cnop/outbox/words'
import type { PriceAlert } from './price-alert.ts'

/** The notification of an alert that fired. */
export function notifyOfAlert(id: string, alert: PriceAlert): Notification {
  const { direction, price, firedPrice = price, assetId } = alert
  const verb = direction === 'ABOVE' ? 'rose' : 'fell'
  const text = `${assetId} ${verb} to ${showPrice(firedPrice)}. You asked to be told ${wishWords(alert)}.`
  return noticeOf(id, alert, { kind: 'PRICE_ALERT', text })
}

function wishWords({ direction, price, changeBasisPoints, referencePrice }: PriceAlert): string {
  if (changeBasisPoints === undefined || referencePrice === undefined)
    return `at ${showPrice(price)}`
  const noun = direction === 'ABOVE' ? 'rise' : 'fall'
  return `of a ${noun} by ${changeBasisPoints / 100}% from ${showPrice(referencePrice)}`
}

/** The notification of an alert that ended without firing: its asset was delisted, or its time was over. */
export function notifyOfEnd(id: string, alert: PriceAlert): Notification {
  const { assetId } = alert
  const text =
    alert.status === 'EXPIRED'
      ? `Your price alert for ${assetId} at ${sideWords(alert)} has expired.`
      : `${assetId} was delisted. Your price alert at ${sideWords(alert)} has ended.`
  return noticeOf(id, alert, { kind: 'PRICE_ALERT_ENDED', text })
}

const sideWords = ({ direction, price }: PriceAlert): string =>
  `${showPrice(price)} or ${direction === 'ABOVE' ? 'above' : 'below'}`

const noticeOf = (
  id: string,
  { id: alertId, username, assetId, closedAt, createdAt }: PriceAlert,
  message: Pick<Notification, 'kind' | 'text'>,
): Notification => ({
  ...message,
  ...{ id, username, assetId, alertId },
  createdAt: closedAt ?? createdAt,
})
