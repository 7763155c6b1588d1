import { openActivity } from '@cnop/kit/activity'
import { createMemoryBus } from '@cnop/kit/bus'
import { createMemoryCache } from '@cnop/kit/cache'
import { type Actor, signCall } from '@cnop/kit/identity'
import { createLog } from '@cnop/kit/log'
import { createTables } from '@cnop/kit/tables'
import { countingIds } from '@cnop/kit/testing/counting-ids'
import { fakeClock } from '@cnop/kit/testing/fake-clock'
import { startTestDb } from '@cnop/kit/testing/test-db'
import { outboxTable } from '@cnop/outbox/tables'
import { quotesTable } from '@cnop/quotes/tables'
import { loadInventoryConfig } from '../config.ts'
import { createInventory } from '../server.ts'
import { inventoryTable } from '../store/tables.ts'
import { page, startMarketDataServer } from './market-data-server.ts'

const key = { id: 'test', secret: 'a-secret-of-at-least-32-characters' }
const log = createLog('inventory', { level: 'silent', filePath: undefined })

export interface Answer {
  readonly data?: Readonly<Record<string, never>>
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[]
}

export const codeOf = ({ errors }: Answer): string | undefined => errors?.[0]?.extensions.code

/** A store and a market-data server for one test file, in which inventory is started anew for every test. */
export async function openWorld() {
  const store = await startTestDb([
    inventoryTable('inventory'),
    outboxTable('outbox'),
    quotesTable('quotes'),
  ])
  const market = await startMarketDataServer()
  return {
    market,
    /** Empties the store; the clock starts again. */
    reset: async () => {
      await store.reset()
      return startIn(store, market)
    },
    stop: async () => {
      await market.stop()
      await store.stop()
    },
  }
}

export type World = Awaited<ReturnType<typeof openWorld>>
export type Inventory = Awaited<ReturnType<World['reset']>>

function startIn(
  { db }: Awaited<ReturnType<typeof startTestDb>>,
  market: Awaited<ReturnType<typeof startMarketDataServer>>,
) {
  const clock = fakeClock()
  const { now } = clock
  // It rests between requests, and must answer as if it did not.
  openActivity(db, { idleAfterMs: 0 })
  let subgraph: Awaited<ReturnType<typeof createInventory>> | undefined

  async function start(variables: Readonly<Record<string, string>> = {}) {
    const keys = {
      INVENTORY_SEAL_KEYS: `${key.id}:${key.secret}`,
      SEED_DEMO_USER: 'false',
    }
    subgraph = await createInventory(loadInventoryConfig({ ...keys, ...variables }), {
      db,
      now,
      log,
      bus: createMemoryBus(log),
      cache: createMemoryCache(now),
      redis: undefined,
      newId: countingIds(),
      ensureTables: (definitions) => createTables(db, definitions),
    })
    return subgraph
  }
  const startWithFeed = (variables: Readonly<Record<string, string>> = {}) =>
    start({ INVENTORY_FEED: 'coingecko', INVENTORY_FEED_URL: market.url, ...variables })

  return {
    clock,
    start,
    /** With the market-data server as it is. */
    startWithFeed,
    /** With a market-data server that lists these coins. */
    startWithCoins: (...coins: readonly unknown[]) => {
      market.answer = () => page(...coins)
      return startWithFeed()
    },
    stop: () => subgraph?.close(),
    ask: async (query: string, variables: object = {}, actor?: Actor): Promise<Answer> => {
      if (!subgraph) throw new Error('Start inventory first.')
      const body = JSON.stringify({ query, variables })
      const identity = { requestId: 'r1', actor, clientIp: undefined, userAgent: undefined }
      const headers = signCall(key, { subgraph: 'inventory', body, identity }, now())
      const reply = await subgraph.handle({ headers, body })
      if (reply.status !== 200) throw new Error(`Inventory answered ${reply.status}.`)
      return JSON.parse(reply.body) as Answer
    },
  }
}
