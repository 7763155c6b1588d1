import { serviceLog } from '@cnop/kit/log'
import { addCounter, addGauge } from '@cnop/kit/metrics'
import type { Platform } from '@cnop/kit/platform'
import { createSubgraph, type Subgraph } from '@cnop/kit/subgraph'
import { type CandleReader, openCandleReader } from '@cnop/quotes/candles'
import type { QuoteReader } from '@cnop/quotes/quote'
import { openQuoteReader } from '@cnop/quotes/reader'
import type { InventoryConfig } from './config.ts'
import type { AlertTally, Context, Deps } from './deps.ts'
import { createFrozenLists } from './frozen-lists.ts'
import { createHistory } from './history.ts'
import { lookBack } from './jobs/look-back.ts'
import { type PriceWatch, watchPrices } from './jobs/watch-prices.ts'
import { type Market, openMarket } from './market.ts'
import { resolvers } from './resolvers/index.ts'
import { migrateInventory } from './store/migrate.ts'
import { inventoryTables } from './tables.ts'

/** A running inventory subgraph with the parts that its tests need. */
export interface InventoryParts {
  readonly subgraph: Subgraph
  readonly watch: PriceWatch
  /** Resolves when the time before this process began has been looked at. */
  readonly lookedBack: Promise<void>
}

/** Starts the inventory subgraph: its tables, the market, the watch over price alerts and its endpoint. */
export async function createInventory(
  config: InventoryConfig,
  platform: Platform,
): Promise<Subgraph> {
  const { tables } = config
  await platform.ensureTables(inventoryTables(config))
  await migrateInventory({ ...platform, store: { db: platform.db, table: tables.inventory } })
  const quotes = await openQuoteReader(platform, { table: tables.quotes })
  const { subgraph } = await openInventory(config, platform, quotes)
  return subgraph
}

/** Creates the subgraph on existing tables and a source of prices, which it closes with itself. */
export async function openInventory(
  config: InventoryConfig,
  shared: Platform,
  quotes: QuoteReader,
): Promise<InventoryParts> {
  const platform = { ...shared, log: serviceLog(shared.log, 'inventory') }
  // Read before the first tick of this process: until then, other processes had alerts under watch.
  const lastTickAt = quotes.tickedAt()
  const market = await openMarket(config, platform, quotes)
  const candles = openCandleReader(platform, { table: config.tables.quotes })
  const deps = createDeps(config, platform, { quotes, market, candles })
  const watch = await watchPrices(deps, config.alerts)
  const closing = new AbortController()
  const lookingBack = { ...deps, candles, signal: closing.signal }
  const lookedBack = lastTickAt ? lookBack(lookingBack, watch, lastTickAt) : Promise.resolve()
  const subgraph = await createSubgraph<Context>({
    name: 'inventory',
    resolvers,
    context: (scope) => ({ ...deps, ...scope, catalogue: market.catalogue.at(scope.momentMs) }),
    signingKeys: config.signingKeys,
    store: deps.store,
    redis: platform.redis,
    now: platform.now,
    log: platform.log,
    close: async () => {
      closing.abort()
      await lookedBack
      await watch.close()
      await market.stop()
      await quotes.close()
    },
  })
  addAlertMetrics(subgraph, deps.alertTally)
  addMarketMetrics(subgraph, deps)
  return { subgraph, watch, lookedBack }
}

interface Parts {
  readonly quotes: QuoteReader
  readonly market: Market
  readonly candles: CandleReader
}

function createDeps(
  { tables, feeBasisPoints }: InventoryConfig,
  { db, bus, now, newId, log }: Platform,
  { quotes, market, candles }: Parts,
): Deps {
  return {
    store: { db, table: tables.inventory },
    catalogue: market.catalogue,
    lists: createFrozenLists(newId('list')),
    history: createHistory(candles, now),
    quotes,
    market: market.state,
    feeBasisPoints,
    alertTally: { created: 0, fired: 0, cancelled: 0 },
    bus,
    now,
    newId,
    log,
  }
}

/** How many alerts are active is what was created less what was fired and cancelled, over all processes. */
function addAlertMetrics({ metrics }: Subgraph, tally: AlertTally): void {
  for (const event of ['created', 'fired', 'cancelled'] as const) {
    addCounter(metrics, {
      name: `inventory_price_alerts_${event}_total`,
      help: `Price alerts that this process saw ${event}.`,
      read: () => tally[event],
    })
  }
}

function addMarketMetrics(
  { metrics }: Subgraph,
  { catalogue, quotes, now }: Pick<Deps, 'catalogue' | 'quotes' | 'now'>,
): void {
  addGauge(metrics, {
    name: 'inventory_quote_age_seconds',
    help: 'Seconds since the market last ticked; NaN before the first tick.',
    read: () => (now() - Date.parse(quotes.tickedAt() ?? '')) / 1_000,
  })
  addGauge(metrics, {
    name: 'inventory_halted_assets',
    help: 'Assets that are not traded until further readings agree on their price.',
    read: () => catalogue.all().filter(({ haltedSince }) => haltedSince !== undefined).length,
  })
}
