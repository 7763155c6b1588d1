import { invariant } from '@cnop/kit/errors'
import type { Price } from '@cnop/kit/money'
import type { Notification, NotificationKind } from '@cnop/outbox/notification'
import { showMarketPrice, showPrice, showQuantity, showUsd } from '@cnop/outbox/words'
import { isSpent } from '@cnop/quotes/rearm'
import { limits } from '@cnop/schema/limits'
import { filledOf, isOpen, type Order, type OrderType } from './order.ts'
import type { PortfolioAlert } from './portfolio-alert.ts'
import type { RecurringOrder } from './recurring-order.ts'

/** What the owner is told of, whichever process did it: what becomes of an order while it waits. */
export const orderNotificationKinds = [
  'ORDER_FILLED',
  'ORDER_TRIGGERED',
  'ORDER_EXPIRED',
  'ORDER_CANCELLED',
  'ORDER_FAILED',
] as const satisfies readonly NotificationKind[]

export type OrderNotificationKind = (typeof orderNotificationKinds)[number]

/** An order that is open after the change. */
function kindOfProgress(before: Order, after: Order): OrderNotificationKind | undefined {
  if (before.triggeredAt !== after.triggeredAt) return 'ORDER_TRIGGERED'
  return before.filledQuantity === after.filledQuantity ? undefined : 'ORDER_FILLED'
}

/** The kind of a change that an order has gone through; undefined for one that its owner made, or need not hear of. */
export function kindOfChange(before: Order, after: Order): OrderNotificationKind | undefined {
  switch (after.status) {
    case 'PENDING':
    case 'PARTIALLY_FILLED':
      return kindOfProgress(before, after)
    case 'COMPLETED':
      return 'ORDER_FILLED'
    case 'EXPIRED':
      return 'ORDER_EXPIRED'
    case 'FAILED':
      return 'ORDER_FAILED'
    case 'CANCELLED':
      // Only the platform gives a reason.
      return after.reason === undefined ? undefined : 'ORDER_CANCELLED'
  }
}

const typeWords: Readonly<Record<OrderType, string>> = {
  MARKET: 'market order',
  LIMIT: 'limit order',
  STOP: 'stop order',
  STOP_LIMIT: 'stop limit order',
  TRAILING_STOP: 'trailing stop order',
  OCO: 'limit or stop order',
}

/** Which side of an order that waits for either of two prices has filled: its stop, once that was triggered, else its limit; its limit before may have filled in part. */
function partOf({ type, triggeredAt, fillCount, stopLimitPrice }: Order): string {
  // The parts of an order with two limits do not say which of them they were of.
  const isMixed =
    stopLimitPrice !== undefined && triggeredAt !== undefined && fillCount !== undefined
  if (type !== 'OCO' || isMixed) return ''
  const stop = fillCount === undefined ? 'stop' : 'limit and its stop'
  return ` was filled at its ${triggeredAt === undefined ? 'limit' : stop}: it`
}

/** The notification of a change of an order. */
export function notifyOfOrder(id: string, kind: OrderNotificationKind, order: Order): Notification {
  const { username, assetId, updatedAt: createdAt } = order
  const text = textOf(kind, order, `${showQuantity(order.quantity)} ${assetId}`)
  return { id, username, kind, text, createdAt, assetId, orderId: order.id }
}

/** What is told of lots that other sales have taken while the order waited. */
const lotsNote = ({ lotsGone }: Order): string =>
  lotsGone ? ' Lots that you named were gone, so that your usual choice of lots applied.' : ''

/** What a fill of a buy has opened: where what was bought is sold again. The exits of a trailing stop were not typed. */
function exitNote({ type, exitOrderId, takeProfitPrice, stopLossPrice }: Order): string {
  if (exitOrderId === undefined) return ''
  const show = type === 'TRAILING_STOP' ? showMarketPrice : showPrice
  const profit = takeProfitPrice === undefined ? '' : `Its take-profit at ${show(takeProfitPrice)}`
  if (stopLossPrice === undefined) return ` ${profit} is now open.`
  const loss = `stop-loss at ${show(stopLossPrice)}`
  return profit === '' ? ` Its ${loss} is now open.` : ` ${profit} and its ${loss} are now open.`
}

/** What an order fills at is an average. */
const atPrice = (price: Price | undefined): string =>
  price === undefined ? '' : ` at ${showMarketPrice(price)}`

/** How much has filled: all, or a part. */
const filled = (order: Order, size: string): string =>
  isOpen(order) ? `${showQuantity(filledOf(order))} of ${size}` : size

/** Exact, because a rounded price could contradict the stop price; that of a trailing stop was not typed. */
function triggeredAt({ type, triggerPrice }: Order): string {
  if (triggerPrice === undefined || type === 'TRAILING_STOP') return atPrice(triggerPrice)
  return ` at ${showPrice(triggerPrice)}`
}

function textOf(kind: OrderNotificationKind, order: Order, size: string): string {
  const { side, type, price, reason = '' } = order
  const isBuy = side === 'BUY'
  const name = `Your ${typeWords[type]} to ${isBuy ? 'buy' : 'sell'} ${size}`
  switch (kind) {
    case 'ORDER_FILLED':
      return `Your ${typeWords[type]}${partOf(order)} ${isBuy ? 'bought' : 'sold'} ${filled(order, size)}${atPrice(price)}${isOpen(order) ? ' so far; the rest waits' : ''}.${lotsNote(order)}${exitNote(order)}`
    case 'ORDER_TRIGGERED':
      return `${name} was triggered${triggeredAt(order)}.`
    case 'ORDER_EXPIRED':
      return `${name} has expired.`
    case 'ORDER_CANCELLED':
      return `${name} was cancelled. ${reason}`
    case 'ORDER_FAILED':
      return `${name} failed. ${reason}`
  }
}

/** The notification of an alert on a portfolio that fired or expired. */
export function notifyOfPortfolio(
  id: string,
  username: string,
  alert: PortfolioAlert,
  createdAt: string,
): Notification {
  const { direction, value, status, firedValue = value, changeBasisPoints, referenceValue } = alert
  const isRise = direction === 'ABOVE'
  if (status === 'EXPIRED') {
    const side = `${showUsd(value)} or ${isRise ? 'above' : 'below'}`
    const text = `Your alert for a portfolio of ${side} has expired.`
    return { id, username, kind: 'PORTFOLIO_ALERT_ENDED', text, createdAt }
  }
  const wish =
    changeBasisPoints === undefined || referenceValue === undefined
      ? `at ${showUsd(value)}`
      : `of a ${isRise ? 'rise' : 'fall'} by ${changeBasisPoints / 100}% from ${showUsd(referenceValue)}`
  const text = [
    `Your portfolio ${isRise ? 'rose' : 'fell'} to ${showUsd(firedValue)}.`,
    `You asked to be told ${wish}.`,
    ...(alert.repeat && isSpent(alert.repeat) ? [spentWords] : []),
  ].join(' ')
  return { id, username, kind: 'PORTFOLIO_ALERT', text, createdAt }
}

const spentWords = `It has fired ${limits.mostFiresPerHour} times within an hour, and is silent until that hour is over.`

/** What the owner is told of the dates of a recurring order. */
export const runKinds = [
  'RECURRING_ORDER_BOUGHT',
  'RECURRING_ORDER_SKIPPED',
] as const satisfies readonly NotificationKind[]

type RunNotification = Notification & { readonly kind: (typeof runKinds)[number] }

/** The notification of the latest run of a recurring order; earlier dates that were missed with it are counted. */
export function notifyOfRun(id: string, order: RecurringOrder, missed: number): RunNotification {
  const { username, assetId, amount, runs } = order
  const [run] = runs
  invariant(run !== undefined, 'A recurring order keeps its latest run.')
  const { date, at: createdAt, outcome, orderId, reason } = run
  const [kind, what] =
    outcome === 'BOUGHT'
      ? (['RECURRING_ORDER_BOUGHT', 'bought'] as const)
      : (['RECURRING_ORDER_SKIPPED', 'bought nothing'] as const)
  const text = [
    `Your recurring order for ${showUsd(amount)} of ${assetId} ${what} on ${showDate(date)}.`,
    ...(reason === undefined ? [] : [reason]),
    ...(missed === 0 ? [] : [`It missed ${missed === 1 ? 'a date' : `${missed} dates`} before.`]),
  ].join(' ')
  return { id, username, kind, text, createdAt, assetId, ...(orderId !== undefined && { orderId }) }
}

const day = new Intl.DateTimeFormat('en-US', {
  ...{ year: 'numeric', month: 'short', day: 'numeric' },
  timeZone: 'UTC',
})

/** "Jan 5, 2026" */
const showDate = (date: string): string => day.format(new Date(`${date}T00:00:00Z`))
