import { createMemoryBus, type EventBus } from '@cnop/kit/bus'
import { createMemoryCache } from '@cnop/kit/cache'
import { connect } from '@cnop/kit/dynamo'
import { type ClientApi, signCall, type SigningKey } from '@cnop/kit/identity'
import type { NewId } from '@cnop/kit/ids'
import { usd } from '@cnop/kit/money'
import type { Platform } from '@cnop/kit/platform'
import { createTables } from '@cnop/kit/tables'
import { countingIds } from '@cnop/kit/testing/counting-ids'
import { type FakeClock, fakeClock } from '@cnop/kit/testing/fake-clock'
import { startTestDb, type TestDb } from '@cnop/kit/testing/test-db'
import { transact } from '@cnop/kit/transact'
import { readAccount, readHolding } from '@cnop/ledger/balances'
import { type LedgerDeps, openAccountWrites, runCommand } from '@cnop/ledger/command'
import { depositEntry } from '@cnop/ledger/entry'
import { accountKey } from '@cnop/ledger/keys'
import { ledgerTable } from '@cnop/ledger/tables'
import { outboxTable } from '@cnop/outbox/tables'
import { quotesTable } from '@cnop/quotes/tables'
import { type FixedQuotes, fixedQuotes } from '@cnop/quotes/testing/fixed-quotes'
import { createLog } from '@cnop/kit/log'
import { loadOrderConfig } from '../config.ts'
import { openOrders, type OrderParts } from '../server.ts'
import { ordersTable } from '../store/keys.ts'

/** A GraphQL result, loosely typed: tests assert its shape. */
export interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null
  readonly errors?: readonly {
    readonly message: string
    readonly extensions: { readonly code: string; readonly details?: Record<string, string> }
  }[]
}

export type OrderWorld = Awaited<ReturnType<typeof startOrderWorld>>

const signingKey: SigningKey = { id: 'test', secret: 'a-secret-of-tests-with-enough-letters' }
const log = createLog('order', { level: 'silent', filePath: undefined })

type Variables = Readonly<Record<string, string>>

/** One price for any quantity, unless a test is about the market around it. */
const usualEnv: Variables = {
  ORDER_SEAL_KEYS: `${signingKey.id}:${signingKey.secret}`,
  SEED_DEMO_USER: 'false',
  MARKET_SPREAD_BASIS_POINTS: '0',
  MARKET_DEPTH: 'unlimited',
}

interface Shared {
  readonly store: TestDb
  readonly clock: FakeClock
  readonly quotes: FixedQuotes
  readonly bus: EventBus
  readonly newId: NewId
}

/** The order subgraph on a real engine, with controlled prices, clock and ids. */
export async function startOrderWorld(env: Variables = {}) {
  const store = await startTestDb([
    ordersTable('orders'),
    ledgerTable('ledger'),
    outboxTable('outbox'),
    quotesTable('quotes'),
  ])
  const clock = fakeClock()
  const quotes = fixedQuotes({ BTC: '64000', DOGE: '0.1', OLD: '5' }, { now: clock.now })
  const shared = { store, clock, quotes, bus: createMemoryBus(log), newId: countingIds() }
  const opened: OrderParts[] = []

  /** Another process over the same store: it shares no queue and no memory with the first. */
  const openProcess = async (more: Variables = {}): Promise<OrderParts> => {
    const config = loadOrderConfig({ ...usualEnv, ...env, ...more })
    const parts = await openOrders(config, openTestPlatform(shared), quotes)
    opened.push(parts)
    return parts
  }

  const main = await openProcess()
  const limits = { deposit: usd('1000000000'), withdrawal: usd('1000000000'), redPocketHoldMs: 0 }
  const ledger: LedgerDeps = { ...main.deps.ledger, limits }
  return {
    ...shared,
    main,
    ledger,
    openProcess,
    ask: (username: string | undefined, query: string, variables: object = {}, parts = main) =>
      askSubgraph(parts, { username, query, variables }, clock.now()),
    /** Calls as a guest does, whose session says so. */
    askAsGuest: (username: string, query: string, parts = main) =>
      askSubgraph(parts, { username, sessionId: 'guest_1', query, variables: {} }, clock.now()),
    /** Calls as the REST API does, whose contract has other limits. */
    askRest: (username: string, query: string, variables: object) =>
      askSubgraph(main, { username, query, variables, api: 'rest' }, clock.now()),
    reset: () => store.reset(),
    openUser: (username: string, cash: string) => openUser(ledger, username, cash),
    /** Corrupts the store: the user has orders but no account. */
    loseAccount: (username: string) =>
      transact(ledger.db, [{ delete: { TableName: ledger.table, Key: accountKey(username) } }]),
    account: (username: string) => readAccount(ledger, username),
    holding: (username: string, assetId: string) => readHolding(ledger, username, assetId),
    stop: async () => {
      for (const { subgraph, deps } of opened) {
        await subgraph.close()
        deps.store.db.close()
      }
      await shared.bus.close()
      await store.stop()
    },
  }
}

function openTestPlatform({ store, clock, bus, newId }: Shared): Platform {
  const db = connect({ mode: 'embedded', region: 'us-west-2', endpoint: store.endpoint })
  return {
    db,
    bus,
    cache: createMemoryCache(clock.now),
    redis: undefined,
    now: clock.now,
    newId,
    log,
    ensureTables: (tables) => createTables(db, tables),
  }
}

interface Question {
  readonly username: string | undefined
  readonly sessionId?: string
  readonly query: string
  readonly variables: object
  readonly api?: ClientApi
}

async function askSubgraph(
  { subgraph }: OrderParts,
  { username, sessionId = 'ses_1', query, variables, api }: Question,
  nowMs: number,
): Promise<Answer> {
  const body = JSON.stringify({ query, variables })
  const actor = username ? ({ username, role: 'customer', sessionId } as const) : undefined
  const identity = { requestId: 'req_1', actor, clientIp: undefined, userAgent: undefined, api }
  const headers = signCall(signingKey, { subgraph: 'order', body, identity }, nowMs)
  const reply = await subgraph.handle({ headers, body })
  return JSON.parse(reply.body) as Answer
}

async function openUser(ledger: LedgerDeps, username: string, cash: string): Promise<void> {
  await transact(ledger.db, openAccountWrites(ledger, username))
  if (cash === '0') return
  const command = { username, key: ledger.newId('dep'), name: 'deposit', input: { cash } }
  await runCommand(ledger, command, () => ({ entry: depositEntry(usd(cash)), result: 'done' }))
}
