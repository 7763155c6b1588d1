import { setTimeout as delay } from 'node:timers/promises'
import { activityOf } from '@cnop/kit/activity'
import type { Clock } from '@cnop/kit/clock'
import { openLease } from '@cnop/kit/lease'
import type { Platform } from '@cnop/kit/platform'
import { repeat } from '@cnop/kit/repeat'
import type { QuoteReader } from '@cnop/quotes/quote'
import { type Catalogue, createCatalogue } from './catalogue.ts'
import type { FeedConfig, InventoryConfig } from './config.ts'
import type { MarketState } from './deps.ts'
import { createCoingeckoFeed } from './feeds/coingecko.ts'
import type { MarketFeed } from './feeds/market-feed.ts'
import { createSimulatedFeed } from './feeds/simulated.ts'
import { createMarketSync, type MarketSync } from './jobs/sync-market.ts'
import { leaseKey } from './store/tables.ts'

/** The market as this process keeps it, or follows it. */
export interface Market {
  readonly catalogue: Catalogue
  readonly state: () => MarketState
  stop(): Promise<void>
}

/** Opens the feed and begins to beat. */
export async function openMarket(
  config: InventoryConfig,
  platform: Platform,
  quotes: QuoteReader,
): Promise<Market> {
  const feed = createFeed(config.feed, platform.now)
  const catalogue = createCatalogue()
  const sync = createSync(config, platform, { feed, catalogue })
  const unlisten = quotes.onTick((changed) => {
    // The process that leads has all figures already, not the prices alone.
    const tickedAt = quotes.tickedAt()
    if (!sync.isLeading() && tickedAt !== undefined) catalogue.applyQuotes(changed, tickedAt)
  })
  await sync.run()
  // In a new store, a copy that follows has no assets until the one that leads has stored them.
  const isEmpty = (): boolean => catalogue.version() === 0 && !sync.isLeading()
  for (let waitedMs = 0; isEmpty() && waitedMs < config.leaseMs; waitedMs += firstPauseMs) {
    await delay(firstPauseMs)
    await sync.run()
  }
  const rest = { activity: activityOf(platform.db), pauseMs: restMs, isAwaited: true }
  const loop = repeat(
    () => sync.run(),
    Math.min(feed.intervalMs, config.leaseMs / 4),
    mayRest(feed, platform) ? rest : undefined,
  )
  return {
    catalogue,
    state: marketState(config, platform.now, { feed, quotes, sync }),
    stop: async () => {
      await loop.stop()
      unlisten()
      await sync.stop()
    },
  }
}

const firstPauseMs = 100

/** How rarely the market ticks while nobody looks and nothing waits: within the window of the price band. */
const restMs = 30_000

/**
 * A market that can be computed at any moment need not tick for nobody. Without Redis this process is the only one, and
 * knows whether anybody looks.
 */
const mayRest = (feed: MarketFeed, { redis }: Pick<Platform, 'redis'>): boolean =>
  !feed.needsRecording && redis === undefined

function createFeed(config: FeedConfig, now: Clock): MarketFeed {
  return config.kind === 'simulated'
    ? createSimulatedFeed({ ...config, now })
    : createCoingeckoFeed({ ...config, now })
}

function createSync(
  { tables, leaseMs, snapshotMs, catalogueMs, bandPercent }: InventoryConfig,
  platform: Platform,
  market: Pick<Parameters<typeof createMarketSync>[0], 'feed' | 'catalogue'>,
): MarketSync {
  const { db, now, newId } = platform
  const store = { db, table: tables.inventory }
  return createMarketSync({
    ...market,
    platform,
    lease: openLease({ store, key: leaseKey, now, holder: newId('syncer'), durationMs: leaseMs }),
    store,
    quotesTable: tables.quotes,
    snapshotMs,
    catalogueMs,
    bandPercent,
  })
}

interface MarketParts {
  readonly feed: MarketFeed
  readonly quotes: QuoteReader
  readonly sync: MarketSync
}

/** The market is open while its ticks come; readers of a price check its own age too. */
function marketState(
  { staleMs }: InventoryConfig,
  now: Clock,
  { feed, quotes, sync }: MarketParts,
): () => MarketState {
  return () => {
    const [tickedAt] = [quotes.tickedAt(), sync.tickedAt()]
      .filter((at) => at !== undefined)
      .sort()
      .reverse()
    const isOpen = tickedAt !== undefined && now() - Date.parse(tickedAt) <= staleMs
    return { feed: feed.description.feed, isOpen, tickedAt }
  }
}
