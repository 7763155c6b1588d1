import { demoUsername } from '@cnop/kit/demo'
import { serviceLog } from '@cnop/kit/log'
import { addCounter, addGauge } from '@cnop/kit/metrics'
import type { Platform } from '@cnop/kit/platform'
import { createSubgraph, type Subgraph } from '@cnop/kit/subgraph'
import { type DeliveryWorker, startDelivery } from '@cnop/outbox/deliver'
import { type Clearing, startClearing } from '@cnop/outbox/endings'
import { type CandleReader, openCandleReader } from '@cnop/quotes/candles'
import type { QuoteReader } from '@cnop/quotes/quote'
import { openQuoteReader } from '@cnop/quotes/reader'
import { clearAccount } from './commands/clear-account.ts'
import { fillDemoWatchlist } from './commands/fill-demo-watchlist.ts'
import type { InventoryConfig } from './config.ts'
import type { AlertTally, Context, Deps } from './deps.ts'
import { createFrozenLists } from './frozen-lists.ts'
import { createHistory } from './history.ts'
import { type AlertExpiry, startExpiry } from './jobs/expire-alerts.ts'
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
  readonly expiry: AlertExpiry
  readonly delivery: DeliveryWorker
  /** Accounts of guests end in the demo profile only. */
  readonly clearing: Clearing | undefined
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
  const { db } = platform
  const stores = { store: { db, table: tables.inventory }, outbox: { db, table: tables.outbox } }
  await migrateInventory({ ...platform, ...stores })
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
  if (config.seedsDemo) await seedDemoWatchlist(deps)
  const closing = new AbortController()
  const lookingBack = { ...deps, candles, signal: closing.signal }
  const lookedBack = lastTickAt ? lookBack(lookingBack, watch, lastTickAt) : Promise.resolve()
  const expiry = startExpiry(deps, watch, lookedBack)
  const delivery = startDelivery(deps)
  const clearing = deps.profile === 'demo' ? startClearingAccounts(deps) : undefined
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
      await Promise.all([expiry.stop(), delivery.stop(), clearing?.stop()])
      await watch.close()
      await market.stop()
      await quotes.close()
    },
  })
  addAlertMetrics(subgraph, deps.alertTally)
  addMarketMetrics(subgraph, deps)
  return { subgraph, watch, expiry, delivery, clearing, lookedBack }
}

const startClearingAccounts = (deps: Deps): Clearing =>
  startClearing(deps, 'inventory', (username) => clearAccount(deps, username))

/** The demo account does without when it fails: a start does not depend on it. */
async function seedDemoWatchlist(deps: Deps): Promise<void> {
  try {
    await fillDemoWatchlist(deps, { username: demoUsername })
  } catch (error) {
    deps.log.warn({ action: 'demo.unwatched', error }, 'The demo account has no watchlist.')
  }
}

interface Parts {
  readonly quotes: QuoteReader
  readonly market: Market
  readonly candles: CandleReader
}

function createDeps(
  { tables, feeBasisPoints, liquidity, store: { profile } }: InventoryConfig,
  { db, bus, now, newId, log }: Platform,
  { quotes, market, candles }: Parts,
): Deps {
  return {
    store: { db, table: tables.inventory },
    outbox: { db, table: tables.outbox },
    catalogue: market.catalogue,
    lists: createFrozenLists(newId('list')),
    history: createHistory(candles, now),
    quotes,
    market: market.state,
    feeBasisPoints,
    profile,
    liquidity,
    alertTally: { created: 0, fired: 0, repeated: 0, cancelled: 0, expired: 0 },
    bus,
    now,
    newId,
    log,
  }
}

/** How many alerts are active is what was created less what has fired, was cancelled or has expired, over all processes. One that repeats stays. */
function addAlertMetrics({ metrics }: Subgraph, tally: AlertTally): void {
  for (const event of ['created', 'fired', 'repeated', 'cancelled', 'expired'] as const) {
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
