import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { createRedisBus, type EventBus } from '@cnop/kit/bus'
import { createMemoryCache } from '@cnop/kit/cache'
import { toIso } from '@cnop/kit/clock'
import { createLog } from '@cnop/kit/log'
import { formatPrice, price } from '@cnop/kit/money'
import { openRedis, type RedisConnection } from '@cnop/kit/redis'
import { fakeClock } from '@cnop/kit/testing/fake-clock'
import { startTestDb, type TestDb } from '@cnop/kit/testing/test-db'
import { startRedisProcess, type RedisProcess } from '@cnop/kit/redis-process'
import type { QuoteReader } from './quote.ts'
import { openQuoteReader } from './reader.ts'
import { quotesTable } from './tables.ts'
import { openQuoteWriter } from './writer.ts'

const table = 'quotes'
const log = createLog('quotes', { level: 'silent', filePath: undefined })
const clock = fakeClock()
let store: TestDb
let server: RedisProcess
let redis: RedisConnection
let buses: EventBus[]
let reader: QuoteReader

beforeAll(async () => {
  store = await startTestDb([quotesTable(table)])
  server = await startRedisProcess()
  redis = await openRedis(server.url, log)
  buses = [await createRedisBus(server.url, log), await createRedisBus(server.url, log)]
  reader = await openQuoteReader({ ...parts(), bus: buses[1]! }, { table })
})
afterAll(async () => {
  await reader.close()
  await Promise.all(buses.map((bus) => bus.close()))
  await redis.close()
  await server.stop()
  await store.stop()
})

const parts = () => {
  const { now } = clock
  return { db: store.db, now, log, cache: createMemoryCache(now), redis, bus: buses[0]! }
}

const tick = (text: string) => {
  const quotedAt = toIso(clock.now())
  const facts = {
    isActive: true,
    name: 'Bitcoin',
    category: 'MAJOR',
    dayAgoPrice: undefined,
  } as const
  return {
    tickedAt: quotedAt,
    quotes: [{ assetId: 'BTC', price: price(text), quotedAt, ...facts }],
  }
}

const nextPrice = () =>
  new Promise<string>((resolve) => {
    const unlisten = reader.onTick(([quote]) => {
      unlisten()
      resolve(formatPrice(quote!.price))
    })
  })

it('prices reach another process, and anyone who looks under the key of the asset', async () => {
  const writer = await openQuoteWriter(parts(), { table })
  const received = nextPrice()
  await writer.publish(tick('64000.5'))
  expect(await received).toBe('64000.5')
  const kept = JSON.parse((await redis.client.get('price:BTC'))!) as unknown
  expect(kept).toEqual({ asset_id: 'BTC', price: '64000.5', updated_at: toIso(clock.now()) })
  expect(await redis.client.ttl('price:BTC')).toBeGreaterThan(590)
})

it('prices reach another process through the store while Redis is down', async () => {
  const writer = await openQuoteWriter(parts(), { table })
  await server.kill()
  clock.advance(5_000)
  await writer.publish(tick('65000'))
  const quote = await reader.current('BTC')
  expect(formatPrice(quote!.price)).toBe('65000')
})
