import { createMemoryBus, type EventBus } from '@cnop/kit/bus'
import { createMemoryCache } from '@cnop/kit/cache'
import type { Clock } from '@cnop/kit/clock'
import { connect, type Db } from '@cnop/kit/dynamo'
import { signCall } from '@cnop/kit/identity'
import type { NewId } from '@cnop/kit/ids'
import { createLog } from '@cnop/kit/log'
import type { Platform } from '@cnop/kit/platform'
import { createTables } from '@cnop/kit/tables'
import { countingIds } from '@cnop/kit/testing/counting-ids'
import { fakeClock } from '@cnop/kit/testing/fake-clock'
import { startTestDb } from '@cnop/kit/testing/test-db'
import { fixedQuotes, type QuoteFacts } from '@cnop/quotes/testing/fixed-quotes'
import type { QuoteReader } from '@cnop/quotes/quote'
import { openQuoteReader } from '@cnop/quotes/reader'
import { outboxTable } from '@cnop/outbox/tables'
import { quotesTable } from '@cnop/quotes/tables'
import { type MessageOf, notificationsAdded } from '@cnop/schema/events'
import { loadInventoryConfig } from '../config.ts'
import { type InventoryParts, openInventory } from '../server.ts'
import { inventoryTable } from '../store/tables.ts'

const key = { id: 'test', secret: 'a-secret-of-at-least-32-characters' }
const log = createLog('inventory', { level: 'silent', filePath: undefined })

/** A GraphQL result, loosely typed: tests assert its shape. */
export interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null
  readonly errors?: readonly {
    readonly extensions: { readonly code: string; readonly details?: Record<string, string> }
  }[]
}

/** One inventory process. */
export interface Process extends InventoryParts {
  readonly db: Db
  stop(): Promise<void>
}

export type AlertWorld = Awaited<ReturnType<typeof startAlertWorld>>

interface Shared {
  readonly endpoint: string
  readonly now: Clock
  readonly bus: EventBus
  readonly newId: NewId
}

type OpenQuotes = (db: Db) => Promise<QuoteReader>

/** A process of its own over the same store: it shares no memory with the others. */
async function startProcess(
  { endpoint, now, bus, newId }: Shared,
  openQuotes: OpenQuotes,
): Promise<Process> {
  const db = connect({ mode: 'embedded', region: 'us-west-2', endpoint })
  const config = loadInventoryConfig({
    INVENTORY_SEAL_KEYS: `${key.id}:${key.secret}`,
    SEED_DEMO_USER: 'false',
  })
  const platform: Platform = {
    ...{ db, bus, newId, log, now, redis: undefined },
    cache: createMemoryCache(now),
    ensureTables: (tables) => createTables(db, tables),
  }
  const parts = await openInventory(config, platform, await openQuotes(db))
  return {
    ...parts,
    db,
    stop: async () => {
      try {
        await parts.subgraph.close()
      } finally {
        db.close()
      }
    },
  }
}

async function ask(
  { subgraph }: InventoryParts,
  { username, query, variables }: Question,
  nowMs: number,
): Promise<Answer> {
  const body = JSON.stringify({ query, variables })
  const actor = username ? ({ username, role: 'customer', sessionId: 's1' } as const) : undefined
  const identity = { requestId: 'r1', actor, clientIp: undefined, userAgent: undefined }
  const headers = signCall(key, { subgraph: 'inventory', body, identity }, nowMs)
  return JSON.parse((await subgraph.handle({ headers, body })).body) as Answer
}

interface Question {
  readonly username: string | undefined
  readonly query: string
  readonly variables: object
}

async function stopAll(running: ReadonlySet<Process>): Promise<void> {
  for (const process of running) await process.stop()
}

/** Every notification that is published from now on, in order. */
async function listen(bus: EventBus): Promise<MessageOf<ReturnType<typeof notificationsAdded>>[]> {
  const published: MessageOf<ReturnType<typeof notificationsAdded>>[] = []
  for (const username of ['alice1', 'bobby1', 'carol1']) {
    await bus.subscribe(notificationsAdded(username), (message) => void published.push(message))
  }
  return published
}

const tables = [inventoryTable('inventory'), outboxTable('outbox'), quotesTable('quotes')]

const traded: QuoteFacts = { isActive: true, haltedSince: undefined, delistedAt: undefined }

/** Inventory on a real engine, in any number of processes, with controlled prices, clock and ids. */
export async function startAlertWorld() {
  const store = await startTestDb(tables)
  const clock = fakeClock()
  const { now } = clock
  const prices = fixedQuotes({ BTC: '64000', ETH: '3000', DOGE: '0.1' }, { now })
  const bus = createMemoryBus(log)
  const shared = { endpoint: store.endpoint, now, bus, newId: countingIds() }
  const published = await listen(bus)
  const running = new Set<Process>()

  const openProcess = async (openQuotes: OpenQuotes = () => Promise.resolve(prices)) => {
    const started = await startProcess(shared, openQuotes)
    const process: Process = {
      ...started,
      stop: async () => {
        if (running.delete(process)) await started.stop()
      },
    }
    running.add(process)
    return process
  }
  const stopProcesses = () => stopAll(running)

  return {
    clock,
    prices,
    /** Every notification that was published, in order. */
    published,
    openProcess: () => openProcess(),
    /** A process that receives the prices of the simulated market, as in production. */
    openTrading: () =>
      openProcess((db) => openQuoteReader({ db, bus, now, log }, { table: 'quotes' })),
    ask: (parts: Process, username: string | undefined, query: string, variables: object = {}) =>
      ask(parts, { username, query, variables }, now()),
    /** Advances the clock, sets the price, and waits for everything that it triggers. */
    move: async (assetId: string, price: string, facts: QuoteFacts = {}): Promise<void> => {
      clock.advance(1_000)
      prices.set(assetId, price, facts)
      await Promise.all([...running].map(({ watch }) => watch.settled()))
    },
    stopProcesses,
    reset: async () => {
      await store.reset()
      published.length = 0
      prices.set('BTC', '64000', traded)
      prices.set('ETH', '3000')
    },
    stop: async () => {
      await stopProcesses()
      await bus.close()
      await store.stop()
    },
  }
}
