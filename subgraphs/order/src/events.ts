import { randomBytes } from 'node:crypto'
import { formatPrice, formatQuantity, formatUsd, type Price } from '@cnop/kit/money'
import { createCounter, type LabelledCounter } from '@cnop/kit/metrics'
import type { EventBus } from '@cnop/kit/bus'
import type { Log } from '@cnop/kit/log'
import { ordersChanged, ordersWaiting, stopsWaiting, tradesAdded } from '@cnop/schema/events'
import { placesOf } from './domain/book.ts'
import type { Exit } from './domain/exit.ts'
import { filledOf, type Order, type OrderStatus } from './domain/order.ts'
import type { PortfolioAlert } from './domain/portfolio-alert.ts'
import type { RecurringOrder } from './domain/recurring-order.ts'
import type { Fill } from './domain/parts.ts'
import { type Trade, tradeOf } from './domain/trade.ts'
import type { TradeList } from './store/trade-list.ts'

const actions: Readonly<Record<OrderStatus, string>> = {
  PENDING: 'order.waiting',
  PARTIALLY_FILLED: 'order.partially_filled',
  COMPLETED: 'order.filled',
  CANCELLED: 'order.cancelled',
  EXPIRED: 'order.expired',
  FAILED: 'order.failed',
}

/** Labels of the metric: how an order ended, or that its fill failed. */
const outcomes: Readonly<Record<OrderStatus, string | undefined>> = {
  PENDING: undefined,
  PARTIALLY_FILLED: undefined,
  COMPLETED: 'filled',
  CANCELLED: 'cancelled',
  EXPIRED: 'expired',
  FAILED: 'failed',
}

export type OrderOutcomes = LabelledCounter<'outcome' | 'side' | 'type'>

export const countOutcomes = (): OrderOutcomes =>
  createCounter({
    name: 'order_outcomes_total',
    help: 'Orders that were placed, filled, cancelled, replaced, expired, or could not be filled.',
    labelNames: ['outcome', 'side', 'type'],
  })

function actionOf({ status, replacedBy, triggeredAt }: Order): string {
  if (replacedBy !== undefined) return 'order.replaced'
  if (status === 'PENDING' && triggeredAt !== undefined) return 'order.triggered'
  return actions[status]
}

export type RunOutcomes = LabelledCounter<'outcome'>

export const countRuns = (): RunOutcomes =>
  createCounter({
    name: 'order_recurring_runs_total',
    help: 'Dates of recurring orders that bought, were skipped, or were missed.',
    labelNames: ['outcome'],
  })

interface Listeners {
  readonly bus: EventBus
  readonly log: Log
  readonly outcomes: OrderOutcomes
  readonly trades: TradeList
}

/** Logs, counts and publishes a new order and its status. */
export async function announcePlaced(deps: Listeners, order: Order, fill?: Fill): Promise<void> {
  const { side, type } = order
  deps.outcomes.count({ outcome: 'placed', side, type })
  await announceOrder(deps, order, { fill })
}

/** Logs and publishes the sale that a fill has opened, or has added to. */
export const announceExit = (deps: Listeners, { exit, exitBefore }: Exit): Promise<void> =>
  exitBefore ? announceOrder(deps, exit, { action: 'order.grown' }) : announcePlaced(deps, exit)

interface Announcement {
  readonly action?: string | undefined
  /** The part that has filled, of an order that fills in parts. */
  readonly fill?: Fill | undefined
}

/** Logs, counts and publishes a change of an order. Called once per change, after its commit. */
export async function announceOrder(
  deps: Listeners,
  order: Order,
  { action = actionOf(order), fill }: Announcement = {},
): Promise<void> {
  const { username, id: orderId, status, side, type, assetId } = order
  deps.log.info(
    {
      action,
      user: username,
      extra: { orderId, side, type, assetId },
    },
    'An order changed.',
  )
  const outcome = order.replacedBy === undefined ? outcomes[status] : 'replaced'
  if (outcome !== undefined) deps.outcomes.count({ outcome, side, type })
  await deps.bus.publish(ordersChanged(username), describe(order))
  const trade = tradeOf(order, fill)
  // Whoever waits for the order does not wait for the public list.
  if (trade) void publishTrade(deps, trade)
  await publishPlaces(deps, order)
}

/** Adds a fill to what everyone may see, and then tells those who follow. The mark says nothing of the fill. */
async function publishTrade(
  { trades, bus }: Pick<Listeners, 'trades' | 'bus'>,
  trade: Trade,
): Promise<void> {
  if (!(await trades.add(trade))) return
  const mark = randomBytes(6).toString('base64url')
  await bus.publish(tradesAdded, { assetId: trade.assetId, mark })
}

/** Logs and counts the latest runs of a recurring order, once, after their commit. */
export function announceRuns(
  { log, runOutcomes }: { readonly log: Log; readonly runOutcomes: RunOutcomes },
  { id, username: user, runs }: RecurringOrder,
  count: number,
): void {
  for (const { date, outcome, code } of runs.slice(0, count).reverse()) {
    runOutcomes.count({ outcome: outcome.toLowerCase() })
    const extra = { id, date, outcome, code }
    log.info({ action: 'recurring_order.ran', user, extra }, 'A date of a recurring order ended.')
  }
}

/** Logs a change that the owner has made. */
export const announceRecurring = (
  { log }: Pick<Listeners, 'log'>,
  { id, username: user, assetId, frequency }: RecurringOrder,
  change: 'created' | 'paused' | 'resumed' | 'deleted',
): void =>
  log.info(
    { action: `recurring_order.${change}`, user, extra: { id, assetId, frequency } },
    'A recurring order changed.',
  )

export const announcePortfolioAlert = (
  { log }: Pick<Listeners, 'log'>,
  user: string,
  { id, direction, status }: PortfolioAlert,
  change: 'created' | 'cancelled' | 'told',
): void =>
  log.info(
    { action: `portfolio_alert.${change}`, user, extra: { id, direction, status } },
    'An alert on the value of a portfolio changed.',
  )

export const recordPortfoliosUnwatched = (
  { log }: Pick<Listeners, 'log'>,
  error: unknown,
  count: number,
): void =>
  log.warn(
    { action: 'portfolio_alert.watch_failed', error, extra: { count } },
    'Portfolios could not be valued for their alerts; the next look tries again. This is the first error.',
  )

/** Recurring orders that are due could not be run; they are tried again. */
export const recordRunsFailed = (
  { log }: Pick<Listeners, 'log'>,
  error: unknown,
  count: number,
): void =>
  log.warn(
    { action: 'recurring_order.run_failed', error, extra: { count } },
    'Recurring orders that are due could not be run; they are tried again. This is the first error.',
  )

/** Tells those who wait for prices at which ones an open order waits. */
async function publishPlaces({ bus }: Pick<Listeners, 'bus'>, order: Order): Promise<void> {
  for (const { book, price } of placesOf(order)) {
    const { assetId, side, kind } = book
    const text = formatPrice(price)
    if (kind === 'LIMIT') await bus.publish(ordersWaiting, { assetId, side, limitPrice: text })
    else await bus.publish(stopsWaiting, { assetId, side, kind, stopPrice: text })
  }
}

/** A triggered order could not be filled; it stays open and is tried again. */
export function recordFillFailed(
  { log, outcomes }: Pick<Listeners, 'log' | 'outcomes'>,
  { id: orderId, username, side, type }: Order,
  error: unknown,
): void {
  outcomes.count({ outcome: 'failed', side, type })
  log.error(
    { action: 'order.fill_failed', error, user: username, extra: { orderId } },
    'A triggered order could not be filled; it stays open and the next tick tries again.',
  )
}

/** A stop order could not be triggered; it waits on and is tried again. */
export const recordTriggerFailed = (
  { log }: Pick<Listeners, 'log'>,
  { id: orderId, username }: Order,
  error: unknown,
): void =>
  log.error(
    { action: 'order.trigger_failed', error, user: username, extra: { orderId } },
    'A stop order could not be triggered; it waits on and is tried again.',
  )

/** An order of a delisted asset could not be cancelled; it stays open and is tried again. */
export function recordCancelFailed(
  { log }: Pick<Listeners, 'log'>,
  { id: orderId, username }: Order,
  error: unknown,
): void {
  log.error(
    { action: 'order.cancel_failed', error, user: username, extra: { orderId } },
    'An order of a delisted asset could not be cancelled; it stays open and is tried again.',
  )
}

/** What an open order holds is not what the journal says. */
export const recordWrongHold = (
  { log }: Pick<Listeners, 'log'>,
  user: string,
  message: string,
): void =>
  log.error(
    { action: 'order.hold_wrong', user, extra: { message } },
    'An open order does not hold what the journal says.',
  )

const showPrice = (price: Price | undefined): string | undefined =>
  price === undefined ? undefined : formatPrice(price)

/** A value that is undefined is left out. */
const describe = (order: Order) => ({
  username: order.username,
  orderId: order.id,
  clientOrderId: order.clientOrderId,
  replaces: order.replaces,
  replacedBy: order.replacedBy,
  status: order.status,
  side: order.side,
  type: order.type,
  assetId: order.assetId,
  quantity: formatQuantity(order.quantity),
  filledQuantity: formatQuantity(filledOf(order)),
  limitPrice: showPrice(order.limitPrice),
  stopPrice: showPrice(order.stopPrice),
  stopLimitPrice: showPrice(order.stopLimitPrice),
  trailAmount: showPrice(order.trailAmount),
  trailBasisPoints: order.trailBasisPoints,
  bestPrice: showPrice(order.bestPrice),
  takeProfitPrice: showPrice(order.takeProfitPrice),
  stopLossPrice: showPrice(order.stopLossPrice),
  stopLossLimitPrice: showPrice(order.stopLossLimitPrice),
  exitOrderId: order.exitOrderId,
  entryOrderId: order.entryOrderId,
  triggeredAt: order.triggeredAt,
  price: showPrice(order.price),
  total: order.total === undefined ? undefined : formatUsd(order.total),
  reason: order.reason,
  createdAt: order.createdAt,
  updatedAt: order.updatedAt,
})
