import type { Store } from '@cnop/kit/dynamo'
import type { Platform } from '@cnop/kit/platform'
import { saveFeed } from '@cnop/quotes/feed-row'
import type { PriceBand } from '@cnop/quotes/price-band'
import { openQuoteWriter, type QuoteWriter } from '@cnop/quotes/writer'
import type { Catalogue } from '../catalogue.ts'
import { type KnownMarket, planRefresh, type StateChanges } from '../commands/refresh-market.ts'
import {
  announceChanges,
  announceFeedFailure,
  announceFeedRecovery,
  announceLeading,
  announceSaveFailure,
  announceSyncFailure,
} from '../events.ts'
import { FeedUnavailable, type MarketFeed } from '../feeds/market-feed.ts'
import type { Listing } from '../domain/asset.ts'
import { type CatalogueWriter, openCatalogueWriter, readCatalogue } from '../store/catalogue.ts'
import type { Lease } from '@cnop/kit/lease'
import { type HistoryRecorder, recordNothing, openHistoryRecorder } from './record-history.ts'

export interface MarketSyncDeps {
  readonly platform: Pick<Platform, 'db' | 'bus' | 'cache' | 'redis' | 'now' | 'log'>
  readonly feed: MarketFeed
  readonly lease: Lease
  readonly catalogue: Catalogue
  readonly store: Store
  readonly quotesTable: string
  readonly snapshotMs: number
  /** How far a reading may be from the last accepted price, in per cent, before it halts its asset. */
  readonly bandPercent: number
  /** How often all figures are stored by the one that leads, and read by those that follow. */
  readonly catalogueMs: number
}

/** Updates the market in one process, and the cached market in all others. */
export interface MarketSync {
  /** One heartbeat. Never throws: what fails is logged and tried again. */
  run(): Promise<void>
  /** When this process last brought a tick, as an ISO instant. */
  tickedAt(): string | undefined
  isLeading(): boolean
  stop(): Promise<void>
}

/** What the leading process has at hand. */
interface Leadership {
  readonly writer: QuoteWriter
  readonly history: HistoryRecorder
  readonly stored: CatalogueWriter
  known: KnownMarket
  tickedAt: string | undefined
  readAtMs: number
  savedAtMs: number
}

export function createMarketSync(deps: MarketSyncDeps): MarketSync {
  const { lease, platform } = deps
  const { now, log } = platform
  const readFeed = createFeedReader(deps)
  let leadership: Leadership | undefined
  let tickedAt: string | undefined
  let reloadedAtMs = -Infinity
  let isFailing = false

  async function follow(): Promise<void> {
    if (leadership) announceLeading(log, false)
    leadership = undefined
    if (now() - reloadedAtMs < deps.catalogueMs) return
    const stored = await readCatalogue(deps.store)
    // In a new store the process that leads may not have stored the catalogue yet.
    if (!stored) return
    reloadedAtMs = now()
    deps.catalogue.merge(stored.assets)
  }

  async function heartbeat(): Promise<void> {
    if (!(await lease.take())) return follow()
    leadership ??= await lead(deps)
    // Timers are early or late by a little; a tick that is nearly due must not wait for the next heartbeat.
    if (now() - leadership.readAtMs < deps.feed.intervalMs * 0.9) return
    leadership.readAtMs = now()
    const listings = await readFeed(leadership.known)
    // A slow feed may outlast the lease, and then another process publishes.
    if (!listings || !lease.isHeld()) return
    await publish(deps, leadership, listings)
    tickedAt = leadership.tickedAt
  }

  return {
    run: async () => {
      try {
        await heartbeat()
        isFailing = false
      } catch (error) {
        // One line per outage: heartbeats come every second.
        if (!isFailing) announceSyncFailure(log, error)
        isFailing = true
      }
    },
    tickedAt: () => tickedAt,
    isLeading: () => leadership !== undefined,
    stop: async () => {
      if (!leadership || !lease.isHeld()) return
      await handOver(deps, leadership)
      leadership = undefined
    },
  }
}

async function handOver(deps: MarketSyncDeps, leadership: Leadership): Promise<void> {
  try {
    await leadership.history.flush()
    await leadership.writer.close()
    await save(deps, leadership)
    await deps.lease.release()
  } catch (error) {
    // A process can stop while its store is down: the lease expires, and the feed delivers the prices again.
    announceSaveFailure(deps.platform.log, error)
  }
}

async function lead(deps: MarketSyncDeps): Promise<Leadership> {
  const { platform, store, feed, catalogue, quotesTable, snapshotMs } = deps
  const stored = await readCatalogue(store)
  if (stored) catalogue.merge(stored.assets)
  await saveFeed(platform.db, quotesTable, feed.description)
  const writer = await openQuoteWriter(platform, { table: quotesTable, snapshotMs })
  announceLeading(platform.log, true)
  return {
    writer,
    history: feed.needsRecording
      ? openHistoryRecorder({
          db: platform.db,
          table: quotesTable,
          log: platform.log,
          band: bandOf(deps),
        })
      : recordNothing,
    stored: openCatalogueWriter(store),
    known: {
      assets: new Map(stored?.assets.map((asset) => [asset.assetId, asset])),
      feed: stored?.feed,
    },
    tickedAt: stored?.tickedAt,
    readAtMs: -Infinity,
    savedAtMs: -Infinity,
  }
}

/** Reads the feed; undefined when it fails, which is logged once, not at every attempt. */
function createFeedReader(
  deps: MarketSyncDeps,
): (known: KnownMarket) => Promise<readonly Listing[] | undefined> {
  const { log } = deps.platform
  let isFailing = false
  return async ({ feed, assets }) => {
    // The names that another feed gave mean nothing to this one.
    const isSameFeed = feed === deps.feed.description.feed
    const traded = isSameFeed ? [...assets.values()].filter(({ isActive }) => isActive) : []
    try {
      const listings = await deps.feed.read(traded)
      if (isFailing) announceFeedRecovery(log, listings.length)
      isFailing = false
      return listings
    } catch (error) {
      if (!(error instanceof FeedUnavailable)) throw error
      if (!isFailing) announceFeedFailure(log, error)
      isFailing = true
      return undefined
    }
  }
}

async function publish(
  deps: MarketSyncDeps,
  leadership: Leadership,
  listings: readonly Listing[],
): Promise<void> {
  const { platform, catalogue, feed } = deps
  const nowMs = platform.now()
  const name = feed.description.feed
  const band = bandOf(deps)
  const { assets, tick, changes } = planRefresh(leadership.known, {
    feed: name,
    listings,
    nowMs,
    band,
    // The previous holder of the lease may have crashed before its last tick was published.
    isComplete: leadership.savedAtMs === -Infinity,
  })
  leadership.known = { assets, feed: name }
  leadership.tickedAt = tick.tickedAt
  catalogue.replace(assets, tick.tickedAt)
  announceChanges(platform.log, changes)
  await leadership.writer.publish(tick)
  await leadership.history.record(assets, listings, nowMs)
  // The next holder of the lease must know what is halted or delisted.
  const isDue = nowMs - leadership.savedAtMs >= deps.catalogueMs
  if (isDue || hasChanged(changes)) await save(deps, leadership)
}

const hasChanged = (changes: StateChanges): boolean =>
  Object.values(changes).some((assetIds: readonly string[]) => assetIds.length > 0)

const shortestWindowMs = 60_000

/** An accepted price counts for a minute, and for three reads of a feed that is read less often. */
const bandOf = ({ feed, bandPercent }: MarketSyncDeps): PriceBand => ({
  percent: bandPercent,
  windowMs: Math.max(shortestWindowMs, 3 * feed.intervalMs),
})

async function save(deps: MarketSyncDeps, leadership: Leadership): Promise<void> {
  const { known, tickedAt, stored } = leadership
  if (tickedAt === undefined || known.feed === undefined) return
  leadership.savedAtMs = deps.platform.now()
  await stored.save({
    feed: known.feed,
    tickedAt,
    assets: [...known.assets.values()],
  })
}
