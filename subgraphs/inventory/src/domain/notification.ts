import type { Price } from '@cnop/kit/money'
import type { Notification } from '@cnop/outbox/notification'
import { showMarketPrice, showPrice } from '@cnop/outbox/words'
import { isSpent } from '@cnop/quotes/rearm'
import { limits } from '@cnop/schema/limits'
import type { PriceAlert } from './price-alert.ts'

/** The notification of an alert that fired. */
export function notifyOfAlert(id: string, alert: PriceAlert): Notification {
  const { direction, price, firedPrice = price, assetId } = alert
  const verb = direction === 'ABOVE' ? 'rose' : 'fell'
  const text = `${assetId} ${verb} to ${shownFor(alert, firedPrice)}. You asked to be told ${wishWords(alert)}.${restWords(alert)}`
  return noticeOf(id, alert, { kind: 'PRICE_ALERT', text })
}

const restWords = ({ repeat }: PriceAlert): string =>
  repeat && isSpent(repeat)
    ? ` It has fired ${limits.mostFiresPerHour} times within an hour, and is silent until that hour is over.`
    : ''

/** A price beside one that was typed has all its decimals, so that the two do not seem to contradict each other. */
const shownFor = ({ changeBasisPoints }: PriceAlert, price: Price): string =>
  changeBasisPoints === undefined ? showPrice(price) : showMarketPrice(price)

function wishWords({ direction, price, changeBasisPoints, referencePrice }: PriceAlert): string {
  if (changeBasisPoints === undefined || referencePrice === undefined)
    return `at ${showPrice(price)}`
  const noun = direction === 'ABOVE' ? 'rise' : 'fall'
  return `of a ${noun} by ${changeBasisPoints / 100}% from ${showMarketPrice(referencePrice)}`
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

const sideWords = (alert: PriceAlert): string =>
  `${shownFor(alert, alert.price)} or ${alert.direction === 'ABOVE' ? 'above' : 'below'}`

const noticeOf = (
  id: string,
  { id: alertId, username, assetId, closedAt, repeat, createdAt }: PriceAlert,
  message: Pick<Notification, 'kind' | 'text'>,
): Notification => ({
  ...message,
  ...{ id, username, assetId, alertId },
  createdAt: closedAt ?? repeat?.firedAt.at(-1) ?? createdAt,
})
