import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { pino } from 'pino'
import { createMemoryCache, createRedisCache, type Cache } from './cache.ts'
import { openRedis, type RedisConnection } from './redis.ts'
import { fakeClock, type FakeClock } from './testing/fake-clock.ts'
import { startRedisProcess, type RedisProcess } from './redis-process.ts'

const log = pino({ level: 'silent' })

let server: RedisProcess
let redis: RedisConnection
let clock: FakeClock
beforeAll(async () => {
  server = await startRedisProcess()
  redis = await openRedis(server.url, log)
})
afterAll(async () => {
  await redis.close()
  await server.stop()
})

/** Expires entries of Redis, whose clock cannot be set. */
async function ageRedis(ms: number): Promise<void> {
  for (const key of await redis.client.keys('*')) {
    const leftMs = await redis.client.pttl(key)
    expect(leftMs).toBeGreaterThan(0)
    await redis.client.pexpire(key, leftMs - ms)
  }
}

describe.each(['memory', 'redis'])('the %s cache', (kind) => {
  let cache: Cache
  beforeEach(async () => {
    clock = fakeClock()
    await redis.client.flushall()
    cache = kind === 'memory' ? createMemoryCache(clock.now) : createRedisCache(redis.client, log)
  })
  const passTime = async (ms: number): Promise<void> => {
    if (kind === 'memory') clock.advance(ms)
    else await ageRedis(ms)
  }

  it('keeps a value, even an empty one, until it is deleted', async () => {
    await cache.set('a', '1', 60)
    await cache.set('empty', '', 60)
    expect([await cache.get('a'), await cache.get('empty')]).toEqual(['1', ''])
    await cache.delete('a')
    expect(await cache.get('a')).toBeUndefined()
  })

  it('keeps a value for its time to live', async () => {
    await cache.set('a', '1', 60)
    await passTime(59_000)
    expect(await cache.get('a')).toBe('1')
    await passTime(1_001)
    expect(await cache.get('a')).toBeUndefined()
  })

  it('replaces a value together with its time to live', async () => {
    await cache.set('a', '1', 10)
    await cache.set('a', '2', 60)
    await passTime(11_000)
    expect(await cache.get('a')).toBe('2')
  })

  it('computes once for concurrent and later callers', async () => {
    let computed = 0
    const compute = (): Promise<string> => Promise.resolve(String(++computed))
    const ask = (): Promise<string> => cache.getOrCompute('a', 60, compute)
    expect(await Promise.all(Array.from({ length: 50 }, ask))).toEqual(Array(50).fill('1'))
    expect(await ask()).toBe('1')
    await passTime(60_001)
    expect(await ask()).toBe('2')
  })

  it('passes a failure to concurrent callers, and computes again for the next', async () => {
    const fail = (): Promise<string> => Promise.reject(new Error('no'))
    const failures = await Promise.allSettled([
      cache.getOrCompute('a', 60, fail),
      cache.getOrCompute('a', 60, fail),
    ])
    expect(failures.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(await cache.getOrCompute('a', 60, () => Promise.resolve('1'))).toBe('1')
  })

  it('does not cache a value that was being computed when the key was deleted', async () => {
    let finish = (_: string): void => undefined
    let begin = (): void => undefined
    const begun = new Promise<void>((resolve) => (begin = resolve))
    const before = cache.getOrCompute('a', 60, () => {
      begin()
      return new Promise((resolve) => (finish = resolve))
    })
    await begun
    await cache.delete('a')
    const after = await cache.getOrCompute('a', 60, () => Promise.resolve('new'))
    finish('old')
    expect([await before, after]).toEqual(['old', 'new'])
    expect(await cache.get('a')).toBe('new')
  })
})

describe('the memory cache', () => {
  it('is bounded, and evicts the least recently used entries', async () => {
    const cache = createMemoryCache(fakeClock().now, { maxEntries: 2 })
    await cache.set('a', '1', 60)
    await cache.set('b', '2', 60)
    await cache.get('a')
    await cache.set('c', '3', 60)
    expect([await cache.get('a'), await cache.get('b'), await cache.get('c')]).toEqual([
      '1',
      undefined,
      '3',
    ])
  })
})

describe('the redis cache', () => {
  it('computes without caching while Redis is down', async () => {
    const outage = await startRedisProcess()
    const connection = await openRedis(outage.url, log)
    const cache = createRedisCache(connection.client, log)
    await cache.set('a', '1', 60)
    expect(await connection.isHealthy()).toBe(true)
    await outage.kill()
    expect(await connection.isHealthy()).toBe(false)
    expect(await cache.get('a')).toBeUndefined()
    await cache.delete('a')
    expect(await cache.getOrCompute('a', 60, () => Promise.resolve('2'))).toBe('2')
    await outage.restart()
    while (!(await connection.isHealthy())) await new Promise((resolve) => setImmediate(resolve))
    expect(await cache.get('a')).toBeUndefined()
    await connection.close()
    await outage.stop()
  })

  it('shares its values with other processes', async () => {
    const elsewhere = await openRedis(server.url, log)
    await createRedisCache(redis.client, log).set('shared', '1', 60)
    expect(await createRedisCache(elsewhere.client, log).get('shared')).toBe('1')
    await elsewhere.close()
  })
})
