import {
  address,
  BadEnvironment,
  type Env,
  flag,
  milliseconds,
  parseEnv,
  port,
  signingKeys,
  storeConfig,
  storeFields,
  wholeNumber,
} from '@cnop/kit/config'
import { feeFields, saleFee } from '@cnop/quotes/fee'
import { liquidityFields, liquidityOf } from '@cnop/quotes/liquidity'
import { scenarios } from '@cnop/quotes/simulation/scenario'
import { z } from 'zod'

const feedUrl = 'https://api.coingecko.com/api/v3'

const fields = {
  ...storeFields,
  ...feeFields,
  ...liquidityFields,
  INVENTORY_PORT: port(8001),
  INVENTORY_HOST: z.string().default('127.0.0.1'),
  INVENTORY_SEAL_KEYS: signingKeys(),
  INVENTORY_TABLE: z.string().default('inventory'),
  OUTBOX_TABLE: z.string().default('outbox'),
  QUOTES_TABLE: z.string().default('quotes'),
  INVENTORY_SEED: z.string().max(100).default('cloud-native'),
  INVENTORY_SCENARIO: z.enum(scenarios).default('quiet'),
  INVENTORY_TICK_MS: milliseconds(1_000),
  INVENTORY_FEED_URL: address(feedUrl).default(feedUrl),
  INVENTORY_FEED_API_KEY: z.string().optional(),
  INVENTORY_FEED_PAGES: wholeNumber(1, 1, 8),
  INVENTORY_FEED_INTERVAL_MS: milliseconds(60_000),
  INVENTORY_FEED_TIMEOUT_MS: milliseconds(10_000),
  INVENTORY_STALE_MS: wholeNumber(0, 0, 86_400_000),
  INVENTORY_SNAPSHOT_MS: milliseconds(3_000),
  INVENTORY_CATALOGUE_MS: milliseconds(15_000),
  PRICE_BAND_PERCENT: wholeNumber(20, 1, 100),
  INVENTORY_LEASE_MS: wholeNumber(10_000, 1_000, 600_000),
  INVENTORY_ALERT_REFRESH_MS: milliseconds(60_000),
  SEED_DEMO_USER: flag(true),
}

export type InventoryConfig = ReturnType<typeof loadInventoryConfig>

export function loadInventoryConfig(env: Env) {
  const vars = parseEnv(fields, env)
  const store = storeConfig(vars)
  return {
    port: vars.INVENTORY_PORT,
    host: vars.INVENTORY_HOST,
    signingKeys: vars.INVENTORY_SEAL_KEYS,
    store,
    seedsDemo: store.profile === 'demo' && vars.SEED_DEMO_USER,
    tables: {
      inventory: vars.INVENTORY_TABLE,
      outbox: vars.OUTBOX_TABLE,
      quotes: vars.QUOTES_TABLE,
    },
    feed: feedConfig(vars),
    staleMs: vars.INVENTORY_STALE_MS || usualStaleMs[vars.INVENTORY_FEED],
    snapshotMs: vars.INVENTORY_SNAPSHOT_MS,
    catalogueMs: vars.INVENTORY_CATALOGUE_MS,
    bandPercent: vars.PRICE_BAND_PERCENT,
    leaseMs: vars.INVENTORY_LEASE_MS,
    feeBasisPoints: saleFee(vars.ORDER_FEE_BASIS_POINTS),
    liquidity: liquidityOf(vars),
    alerts: { refreshMs: vars.INVENTORY_ALERT_REFRESH_MS },
  } as const
}

/** A market that ticks every second is silent sooner than one that is asked once a minute. */
const usualStaleMs = { simulated: 15_000, coingecko: 300_000 }

export type FeedConfig = ReturnType<typeof feedConfig>

function feedConfig(vars: z.infer<z.ZodObject<typeof fields>>) {
  if (vars.INVENTORY_FEED === 'simulated') {
    return {
      kind: 'simulated',
      seed: vars.INVENTORY_SEED,
      scenario: vars.INVENTORY_SCENARIO,
      tickMs: vars.INVENTORY_TICK_MS,
    } as const
  }
  const isPlain = new URL(vars.INVENTORY_FEED_URL).protocol === 'http:'
  if (isPlain && vars.INVENTORY_FEED_API_KEY !== undefined && !isLocal(vars.INVENTORY_FEED_URL)) {
    throw new BadEnvironment('INVENTORY_FEED_URL: must be https when a key is sent')
  }
  return {
    kind: 'coingecko',
    url: vars.INVENTORY_FEED_URL,
    apiKey: vars.INVENTORY_FEED_API_KEY,
    pages: vars.INVENTORY_FEED_PAGES,
    intervalMs: vars.INVENTORY_FEED_INTERVAL_MS,
    timeoutMs: vars.INVENTORY_FEED_TIMEOUT_MS,
  } as const
}

const isLocal = (address: string): boolean =>
  ['localhost', '127.0.0.1', '[::1]'].includes(new URL(address).hostname)
