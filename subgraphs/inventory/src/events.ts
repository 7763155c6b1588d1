import type { Log } from '@cnop/kit/log'

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

export function announceDeactivation(log: Log, assetIds: readonly string[]): void {
  log.warn(
    { action: 'market.assets_deactivated', extra: { assetIds } },
    'Assets without a price or a listing are no longer traded.',
  )
}

export function announceSyncFailure(log: Log, error: unknown): void {
  log.error({ action: 'market.sync_failed', error }, 'The market could not be brought up to date.')
}
