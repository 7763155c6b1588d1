import { activityOf } from '@cnop/kit/activity'
import { serviceLog } from '@cnop/kit/log'
import { zeroUsd } from '@cnop/kit/money'
import type { Platform } from '@cnop/kit/platform'
import { repeat, type Repeating } from '@cnop/kit/repeat'
import { createSubgraph, type Subgraph } from '@cnop/kit/subgraph'
import { migrateLedger } from '@cnop/ledger/migrate'
import { addReadOnlyMetric } from '@cnop/ledger/read-only-metric'
import { followSwitch } from '@cnop/ledger/switch'
import { type Clearing, startClearing } from '@cnop/outbox/endings'
import { openCandleReader } from '@cnop/quotes/candles'
import { openQuoteReader, type QuoteReader } from '@cnop/quotes/reader'
import { clearAccount } from './commands/clear-account.ts'
import type { OrderConfig } from './config.ts'
import type { Context, Deps } from './deps.ts'
import type { OrderRules } from './domain/order-rules.ts'
import { countOutcomes, countRuns } from './events.ts'
import { startExpiry } from './jobs/expire-orders.ts'
import { startStops, type StopWatch } from './jobs/trigger-stops.ts'
import { type Matcher, startMatcher } from './jobs/match-limit-orders.ts'
import { startRecurring } from './jobs/run-recurring-orders.ts'
import { type PortfolioWatch, startPortfolioWatch } from './jobs/watch-portfolios.ts'
import { startDemoSeed } from './jobs/seed-demo.ts'
import { type HoldsWatch, watchHolds } from './jobs/watch-holds.ts'
import { resolvers } from './resolvers/index.ts'
import { createLoaders } from './loaders.ts'
import { openTradeList } from './store/trade-list.ts'
import { orderTables } from './tables.ts'

/** A running order subgraph with the parts that its tests and tools need. */
export interface OrderParts {
  readonly subgraph: Subgraph
  readonly deps: Deps
  readonly matcher: Matcher | undefined
  readonly stops: StopWatch | undefined
  readonly holds: HoldsWatch
  readonly portfolios: PortfolioWatch | undefined
  /** Accounts of guests end in the demo profile only. */
  readonly clearing: Clearing | undefined
}

/** Starts the order subgraph: its tables, its prices, its jobs and its endpoint. */
export async function createOrder(config: OrderConfig, platform: Platform): Promise<Subgraph> {
  const { ledger, quotes } = config.tables
  await platform.ensureTables(orderTables(config))
  const { db, now, newId, log } = platform
  await migrateLedger({ store: { db, table: ledger }, now, newId, log })
  const reader = await openQuoteReader(platform, { table: quotes })
  const { subgraph } = await openOrders(config, platform, reader)
  return subgraph
}

/** How long the comparison of holds rests while nobody uses the process. */
const restMs = 120_000

/** Creates the subgraph on existing tables and a source of prices, which it closes with itself. */
export async function openOrders(
  config: OrderConfig,
  platform: Platform,
  quotes: QuoteReader,
): Promise<OrderParts> {
  const deps = createDeps(config, platform, quotes)
  const { isOn, expiryIntervalMs, holdsCheckIntervalMs, recurringIntervalMs, ...matching } =
    config.jobs
  const waiting = { ...matching, delistedIntervalMs: expiryIntervalMs }
  const ledgerSwitch = await followSwitch({ ...deps.ledger, bus: deps.bus })
  const matcher = isOn ? await startMatcher(deps, waiting) : undefined
  const stops = isOn ? await startStops(deps, deps.candles, waiting) : undefined
  const expiry = isOn ? startExpiry(deps, expiryIntervalMs) : undefined
  const recurring = isOn ? startRecurring(deps, recurringIntervalMs) : undefined
  const portfolios = isOn ? startPortfolioWatch(deps) : undefined
  const seed = isOn && config.seedsDemo ? startDemoSeed(deps) : undefined
  const clearing = startClearingAccounts(deps, isOn)
  const holds = watchHolds(deps)
  const holdsChecks = isOn ? startHoldsChecks(deps, holds, holdsCheckIntervalMs) : undefined
  const subgraph = await createSubgraph<Context>({
    name: 'order',
    resolvers,
    context: (scope) => ({
      ...deps,
      ...scope,
      rules: scope.api === 'rest' ? restRules(config) : deps.rules,
      loaders: createLoaders(deps),
    }),
    signingKeys: config.signingKeys,
    store: deps.store,
    redis: platform.redis,
    now: platform.now,
    log: deps.log,
    close: async () => {
      await Promise.all([matcher?.close(), stops?.close(), seed?.stop(), clearing?.stop()])
      await Promise.all([
        expiry?.stop(),
        recurring?.stop(),
        holdsChecks?.stop(),
        portfolios?.stop(),
      ])
      await Promise.all([quotes.close(), ledgerSwitch.stop()])
    },
  })
  addReadOnlyMetric('order', subgraph.metrics, deps.ledger)
  deps.outcomes.showIn(subgraph.metrics)
  deps.runOutcomes.showIn(subgraph.metrics)
  holds.showIn(subgraph.metrics)
  return { subgraph, deps, matcher, stops, holds, portfolios, clearing }
}

const startClearingAccounts = (deps: Deps, isOn: boolean): Clearing | undefined =>
  isOn && deps.profile === 'demo'
    ? startClearing(deps, 'order', (username) => clearAccount(deps, username))
    : undefined

const startHoldsChecks = ({ store }: Deps, { check }: HoldsWatch, everyMs: number): Repeating =>
  repeat(check, everyMs, { activity: activityOf(store.db), pauseMs: Math.max(restMs, everyMs) })

/** The contract of the REST API has a smallest quantity and no smallest value. */
const restRules = ({ rules, restMinimum }: OrderConfig): OrderRules => ({
  ...rules,
  minimum: restMinimum,
})

function createDeps(
  { tables, rules, recurring, store: { profile } }: OrderConfig,
  platform: Platform,
  quotes: QuoteReader,
): Deps {
  const { db, bus, now, newId } = platform
  const log = serviceLog(platform.log, 'order')
  return {
    // Daily limits are for deposits and withdrawals, which this subgraph makes in the past of demo accounts only.
    ledger: {
      db,
      table: tables.ledger,
      now,
      newId,
      log,
      bus,
      limits: { deposit: zeroUsd, withdrawal: zeroUsd, redPocketHoldMs: 0 },
    },
    store: { db, table: tables.orders },
    outbox: { db, table: tables.outbox },
    quotes,
    candles: openCandleReader(platform, { table: tables.quotes }),
    profile,
    rules,
    recurring,
    bus,
    now,
    newId,
    log,
    trades: openTradeList(platform.redis),
    outcomes: countOutcomes(),
    runOutcomes: countRuns(),
  }
}
