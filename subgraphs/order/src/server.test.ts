import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createMemoryBus } from '@cnop/kit/bus'
import { createMemoryCache } from '@cnop/kit/cache'
import { toIso } from '@cnop/kit/clock'
import { signCall } from '@cnop/kit/identity'
import { createLog } from '@cnop/kit/log'
import { price } from '@cnop/kit/money'
import type { Subgraph } from '@cnop/kit/subgraph'
import { createTables } from '@cnop/kit/tables'
import { countingIds } from '@cnop/kit/testing/counting-ids'
import { fakeClock } from '@cnop/kit/testing/fake-clock'
import { startTestDb, type TestDb } from '@cnop/kit/testing/test-db'
import { transact } from '@cnop/kit/transact'
import { openAccountWrites } from '@cnop/ledger/command'
import { openQuoteWriter } from '@cnop/quotes/writer'
import { loadOrderConfig } from './config.ts'
import { createOrder } from './server.ts'

let store: TestDb
const clock = fakeClock()
const signingKey = { id: 'test', secret: 'a-secret-of-tests-with-enough-letters' }

/** The price that an order would fill at, or the refusal. */
async function priceOf(subgraph: Subgraph): Promise<string | undefined> {
  const input = '{ side: BUY, type: MARKET, assetId: "BTC", quantity: "1" }'
  const body = JSON.stringify({ query: `{ previewOrder(input: ${input}) { price } }` })
  const actor = { username: 'alice_1', role: 'customer', sessionId: 'ses_1' } as const
  const identity = { requestId: 'req_1', actor, clientIp: undefined, userAgent: undefined }
  const headers = signCall(signingKey, { subgraph: 'order', body, identity }, clock.now())
  const answer = JSON.parse((await subgraph.handle({ headers, body })).body) as {
    data?: { previewOrder: { price: string } } | null
    errors?: { extensions: { code: string } }[]
  }
  return answer.errors?.[0]?.extensions.code ?? answer.data?.previewOrder.price
}

beforeAll(async () => {
  store = await startTestDb([])
})
afterAll(() => store.stop())

describe('createOrder', () => {
  it('creates its tables, receives market prices, and trades on them', async () => {
    const log = createLog('order', { level: 'silent', filePath: undefined })
    const platform = {
      db: store.db,
      bus: createMemoryBus(log),
      cache: createMemoryCache(clock.now),
      redis: undefined,
      now: clock.now,
      newId: countingIds(),
      log,
      ensureTables: (tables: Parameters<typeof createTables>[1]) => createTables(store.db, tables),
    }
    const config = loadOrderConfig({
      ORDER_SEAL_KEYS: `${signingKey.id}:${signingKey.secret}`,
    })
    const subgraph = await createOrder(config, platform)
    expect(await subgraph.health()).toEqual({ store: 'ok' })
    await transact(
      store.db,
      openAccountWrites({ table: config.tables.ledger, now: clock.now }, 'alice_1'),
    )
    expect(await priceOf(subgraph)).toBe('ASSET_NOT_FOUND')
    const writer = await openQuoteWriter(platform, { table: config.tables.quotes })
    const quotedAt = toIso(clock.now())
    const quote = {
      assetId: 'BTC',
      price: price('64000'),
      quotedAt,
      isActive: true,
      name: 'Bitcoin',
      category: 'MAJOR',
      dayAgoPrice: undefined,
    } as const
    await writer.publish({ tickedAt: quotedAt, quotes: [quote] })
    // The simulated market has a spread and a depth.
    const asked = Number(await priceOf(subgraph))
    expect([asked > 64_000, asked < 64_200]).toEqual([true, true])
    await writer.close()
    await subgraph.close()
  })

  it('names every variable that is wrong', () => {
    const load = () =>
      loadOrderConfig({
        ORDER_SEAL_KEYS: 'test:short',
        ORDER_MAX_VALUE: 'much',
        ORDER_MIN_QUANTITY: '0.000000001',
      })
    for (const name of ['ORDER_SEAL_KEYS', 'ORDER_MAX_VALUE', 'ORDER_MIN_QUANTITY']) {
      expect(load).toThrow(name)
    }
  })
})
