import type { Log } from '@cnop/kit/log'
import { formatPrice } from '@cnop/kit/money'
import { priceAlertsWaiting } from '@cnop/schema/events'
import type { StateChanges } from './commands/refresh-market.ts'
import type { AlertTally, Deps } from './deps.ts'
import { type PriceAlert, waitOf } from './domain/price-alert.ts'

/** Log lines about the market. */
export function announceLeading(log: Log, isLeading: boolean): void {
  if (isLeading) log.info({ action: 'market.lease_taken' }, 'This process updates the market now.')
  else log.warn({ action: 'market.lease_lost' }, 'Another process updates the market now.')
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

/** What happens to an alert. One that repeats fires, or is crossed in silence, and re-arms. */
export type AlertEvent = keyof AlertTally | 'silenced' | 'rearmed'

/** Logs, counts and publishes a change of an alert. Called once per change, after its commit. */
export async function announceAlert(
  { bus, log, alertTally }: Pick<Deps, 'bus' | 'log' | 'alertTally'>,
  alert: PriceAlert,
  event: AlertEvent,
): Promise<void> {
  const { id: alertId, username, assetId, direction, status } = alert
  if (event !== 'silenced' && event !== 'rearmed') alertTally[event] += 1
  const extra = { alertId, assetId, direction }
  log.info({ action: `price_alert.${event}`, user: username, extra }, 'A price alert changed.')
  if (status !== 'ACTIVE') return
  const wait = waitOf(alert)
  const waiting = { assetId, direction: wait.direction, price: formatPrice(wait.price) }
  await bus.publish(priceAlertsWaiting, waiting)
}

export function announceFiringFailure(log: Log, error: unknown, alert: PriceAlert): void {
  const { id: alertId, username } = alert
  log.error(
    { action: 'price_alert.fire_failed', error, user: username, extra: { alertId } },
    'A price alert could not be fired or ended; it stays active and is tried again.',
  )
}

export function announceWatchFailure(log: Log, error: unknown, assetId?: string): void {
  log.warn(
    { action: 'price_alert.watch_failed', error, extra: { assetId } },
    'Waiting price alerts could not be read; the next tick tries again.',
  )
}
