import type { Log } from '@cnop/kit/log'
import { formatPrice, price as priceOf } from '@cnop/kit/money'
import { z } from 'zod'
import type { StateChanges } from './commands/refresh-market.ts'
import type { AlertTally, Deps } from './deps.ts'
import { type Notification, notificationKinds } from './domain/notification.ts'
import { alertDirections, type AlertStatus, type PriceAlert } from './domain/price-alert.ts'

/** What operators hear of the market. */
export function announceLeading(log: Log, isLeading: boolean): void {
  if (isLeading) log.info({ action: 'market.lease_taken' }, 'This process keeps the market now.')
  else log.warn({ action: 'market.lease_lost' }, 'Another process keeps the market now.')
}

export function announceFeedFailure(log: Log, error: Error): void {
  log.warn(
    { action: 'market.feed_failed', error },
    'The market feed failed; prices stay as they are.',
  )
}

export function announceFeedRecovery(log: Log, assets: number): void {
  log.info({ action: 'market.feed_answers', extra: { assets } }, 'The market feed answers.')
}

const stateWords = {
  deactivated: ['market.assets_deactivated', 'Assets without a price are not traded.'],
  delisted: ['market.assets_delisted', 'Assets are no longer listed; what waits for them ends.'],
  halted: ['market.assets_halted', 'Readings outside the price band halted assets.'],
  resumed: ['market.assets_resumed', 'Further readings agreed, and assets are traded again.'],
} as const satisfies Readonly<Record<keyof StateChanges, readonly [string, string]>>

/** One line for each kind of change that happened. */
export function announceChanges(log: Log, changes: StateChanges): void {
  for (const [kind, [action, sentence]] of Object.entries(stateWords)) {
    const assetIds = changes[kind as keyof StateChanges]
    if (assetIds.length > 0) log.warn({ action, extra: { assetIds } }, sentence)
  }
}

export function announceSyncFailure(log: Log, error: unknown): void {
  log.error({ action: 'market.sync_failed', error }, 'The market could not be brought up to date.')
}

export function announceSaveFailure(log: Log, error: unknown): void {
  log.warn({ action: 'market.unsaved', error }, 'The last prices could not be stored at the stop.')
}

/** Every alert that begins to wait: `{ assetId, direction, price }`. It names nobody; the watchers of prices use it. */
export const waitingChannel = 'price-alerts.waiting'
/** Every notification, once it is stored; `readNotification` reads it. */
export const notificationChannel = 'notifications.added'

type Telling = Pick<Deps, 'bus' | 'log'>

const alertEvents = {
  ACTIVE: { action: 'price_alert.created', count: 'created' },
  FIRED: { action: 'price_alert.fired', count: 'fired' },
  CANCELLED: { action: 'price_alert.cancelled', count: 'cancelled' },
} as const satisfies Readonly<Record<AlertStatus, { action: string; count: keyof AlertTally }>>

/** Tells operators and watchers what an alert has become. Called once per change, after its commit. */
export async function announceAlert(
  { bus, log, alertTally }: Telling & Pick<Deps, 'alertTally'>,
  { id: alertId, username, assetId, direction, price, status }: PriceAlert,
): Promise<void> {
  const { action, count } = alertEvents[status]
  alertTally[count] += 1
  const extra = { alertId, assetId, direction }
  log.info({ action, user: username, extra }, 'A price alert changed.')
  if (status !== 'ACTIVE') return
  const waiting = { assetId, direction, price: formatPrice(price) }
  await bus.publish(waitingChannel, JSON.stringify(waiting))
}

const notificationMessage = z.object({
  username: z.string(),
  notification: z.object({
    id: z.string(),
    kind: z.enum(notificationKinds),
    text: z.string(),
    createdAt: z.string(),
    alertId: z.string(),
    assetId: z.string(),
  }),
})

/** Whom a message of the channel is for, and what it tells. */
export type NotificationMessage = z.infer<typeof notificationMessage>

export const readNotification = (message: string): NotificationMessage =>
  notificationMessage.parse(JSON.parse(message))

/** Tells listeners of a new notification, after its commit. */
export async function announceNotification(
  { bus }: Pick<Deps, 'bus'>,
  { username, id, kind, text, createdAt, alert }: Notification,
): Promise<void> {
  const told = { id, kind, text, createdAt, alertId: alert.id, assetId: alert.assetId }
  const message: NotificationMessage = { username, notification: told }
  await bus.publish(notificationChannel, JSON.stringify(message))
}

const waitingMessage = z.object({
  assetId: z.string(),
  direction: z.enum(alertDirections),
  price: z.string().transform(priceOf),
})

/** What a message of the waiting channel tells. */
export const readWaiting = (message: string): z.infer<typeof waitingMessage> =>
  waitingMessage.parse(JSON.parse(message))

export function announceFiringFailure(log: Log, error: unknown, alert: PriceAlert): void {
  const { id: alertId, username } = alert
  log.error(
    { action: 'price_alert.fire_failed', error, user: username, extra: { alertId } },
    'A price alert could not be fired or ended; it stays active and is tried again.',
  )
}

export function announceWatchFailure(log: Log, error: unknown, assetId: string): void {
  log.warn(
    { action: 'price_alert.watch_failed', error, extra: { assetId } },
    'Waiting price alerts could not be read; the next tick tries again.',
  )
}
