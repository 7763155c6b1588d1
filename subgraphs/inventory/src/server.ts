import { serviceLog } from '@cnop/kit/log'
import type { Clock } from '@cnop/kit/clock'
import type { Platform } from '@cnop/kit/platform'
import { readItem } from '@cnop/kit/read'
import { type Checks, createSubgraph, type Subgraph } from '@cnop/kit/subgraph'
import { openCandleReader } from '@cnop/quotes/candles'
import type { QuoteReader } from '@cnop/quotes/quote'
import { openQuoteReader } from '@cnop/quotes/reader'
import { quotesTable } from '@cnop/quotes/tables'
import { createCatalogue } from './catalogue.ts'
import type { FeedConfig, InventoryConfig } from './config.ts'
import type { Context, Deps, MarketState } from './deps.ts'
import { createCoingeckoFeed } from './feeds/coingecko.ts'
import type { MarketFeed } from './feeds/market-feed.ts'
import { createSimulatedFeed } from './feeds/simulated.ts'
import { createFrozenLists } from './frozen-lists.ts'
import { createHistory } from './history.ts'
import { repeat } from './jobs/repeat.ts'
import { createMarketSync, type MarketSync } from './jobs/sync-market.ts'
import { resolvers } from './resolvers/index.ts'
import { openLease } from './store/lease.ts'
import { inventoryTable, leaseKey } from './store/tables.ts'

/** Starts the inventory subgraph: its tables, the market and its door. */
export async function createInventory(
  config: InventoryConfig,
  shared: Platform,
): Promise<Subgraph> {
  const { tables } = config
  const platform = { ...shared, log: serviceLog(shared.log, 'inventory') }
  await platform.ensureTables([inventoryTable(tables.inventory), quotesTable(tables.quotes)])
  const quotes = await openQuoteReader(platform, { table: tables.quotes })
  const feed = createFeed(config.feed, platform.now)
  const catalogue = createCatalogue()
  const sync = createSync(config, platform, { feed, catalogue })
  const unlisten = quotes.onTick((changed) => {
    // The process that leads has all figures already, not the prices alone.
    if (!sync.isLeading()) catalogue.applyQuotes(changed)
  })
  await sync.run()
  const loop = repeat(() => sync.run(), Math.min(feed.intervalMs, config.leaseMs / 4))
  const deps: Deps = {
    catalogue,
    lists: createFrozenLists(platform.newId('list')),
    history: createHistory(openCandleReader(platform, { table: tables.quotes }), platform.now),
    quotes,
    market: marketState(config, platform.now, { feed, quotes, sync }),
    now: platform.now,
  }
  return createSubgraph<Context>({
    name: 'inventory',
    resolvers,
    context: (scope) => ({ ...deps, ...scope }),
    sealKeys: config.sealKeys,
    health: () => checkHealth(config, platform),
    now: platform.now,
    log: platform.log,
    close: async () => {
      await loop.stop()
      unlisten()
      await sync.stop()
      await quotes.close()
    },
  })
}

function createFeed(config: FeedConfig, now: Clock): MarketFeed {
  return config.kind === 'simulated'
    ? createSimulatedFeed({ ...config, now })
    : createCoingeckoFeed({ ...config, now })
}

function createSync(
  { tables, leaseMs, snapshotMs, catalogueMs }: InventoryConfig,
  platform: Platform,
  market: Pick<Parameters<typeof createMarketSync>[0], 'feed' | 'catalogue'>,
): MarketSync {
  const { db, now, newId } = platform
  const table = tables.inventory
  return createMarketSync({
    ...market,
    platform,
    lease: openLease({ db, table, now, holder: newId('syncer'), durationMs: leaseMs }),
    store: { db, table },
    quotesTable: tables.quotes,
    snapshotMs,
    catalogueMs,
  })
}

interface MarketParts {
  readonly feed: MarketFeed
  readonly quotes: QuoteReader
  readonly sync: MarketSync
}

/** The market is open while its ticks come; whoever reads a price also looks at the price's own age. */
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

/** A silent feed is no illness of this service: it still answers, and says that the market is closed. */
async function checkHealth({ tables }: InventoryConfig, { db }: Platform): Promise<Checks> {
  return {
    store: await readItem(db, tables.inventory, leaseKey).then(
      () => 'ok',
      () => 'the inventory table cannot be read',
    ),
  }
}
