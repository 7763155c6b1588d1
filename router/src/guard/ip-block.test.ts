import { once } from 'node:events'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { systemClock } from '@cnop/kit/clock'
import { createLog } from '@cnop/kit/log'
import { openRedis, type RedisConnection } from '@cnop/kit/redis'
import { startRedisProcess, type RedisProcess } from '@cnop/kit/redis-process'
import { type IpBlocks, memoryBlocks } from './ip-block.ts'
import { openIpBlocks, redisBlocks } from './ip-block-redis.ts'
import { shareCounts } from '@cnop/kit/shared-counts'

const rules = { maxFailures: 5, windowMs: 300_000, blockMs: 300_000 }
const log = createLog('test', { level: 'silent', filePath: undefined })
const ip = '203.0.113.7'

let redis: RedisProcess
let connection: RedisConnection
beforeAll(async () => {
  redis = await startRedisProcess()
  connection = await openRedis(redis.url, log)
})
afterAll(async () => {
  await connection.close()
  await redis.stop()
})

const kinds: readonly (readonly [string, () => Promise<IpBlocks>])[] = [
  ['memory', () => Promise.resolve(memoryBlocks(rules, systemClock))],
  [
    'Redis',
    async () => {
      await connection.client.flushall()
      return redisBlocks(connection.client, rules)
    },
  ],
]

async function fail(blocks: IpBlocks, times: number): Promise<void> {
  for (let index = 0; index < times; index += 1) {
    expect(await blocks.reserve(ip, 1)).toEqual({ kind: 'reserved' })
    await blocks.settle(ip, 1, 1)
  }
}

describe.each(kinds)('blocks in %s', (_name, open) => {
  let blocks: IpBlocks
  beforeEach(async () => {
    blocks = await open()
  })

  it('block after the fifth failure, for as long as the rules say', async () => {
    await fail(blocks, 4)
    expect(await blocks.list()).toEqual([])
    await fail(blocks, 1)
    const refused = await blocks.reserve(ip, 1)
    expect(refused.kind).toBe('blocked')
    expect(refused.kind === 'blocked' && refused.msLeft).toBeGreaterThan(290_000)
    expect(await blocks.list()).toEqual([{ ip, secondsLeft: 300 }])
  })

  it('leave other addresses alone', async () => {
    await fail(blocks, 5)
    expect(await blocks.reserve('198.51.100.1', 1)).toEqual({ kind: 'reserved' })
  })

  it('give back attempts that did not fail', async () => {
    for (let index = 0; index < 20; index += 1) {
      expect(await blocks.reserve(ip, 1)).toEqual({ kind: 'reserved' })
      await blocks.settle(ip, 1, 0)
    }
  })

  it('keep failures when a sign-in succeeds in between', async () => {
    await fail(blocks, 4)
    await blocks.reserve(ip, 1)
    await blocks.settle(ip, 1, 0)
    await fail(blocks, 1)
    expect((await blocks.reserve(ip, 1)).kind).toBe('blocked')
  })

  it('let no more than five attempts run at once, and block no address for those', async () => {
    const all = await Promise.all(Array.from({ length: 30 }, () => blocks.reserve(ip, 1)))
    expect(all.filter(({ kind }) => kind === 'reserved')).toHaveLength(5)
    expect(all.filter(({ kind }) => kind === 'busy')).toHaveLength(25)
    for (let index = 0; index < 5; index += 1) await blocks.settle(ip, 1, 0)
    expect((await blocks.reserve(ip, 5)).kind).toBe('reserved')
  })

  it('count every attempt of one operation', async () => {
    await fail(blocks, 3)
    await blocks.reserve(ip, 2)
    expect((await blocks.reserve(ip, 1)).kind).toBe('busy')
    await blocks.settle(ip, 2, 2)
    expect((await blocks.reserve(ip, 1)).kind).toBe('blocked')
  })

  it('refuse more attempts of one operation than are left, which is no failure', async () => {
    await fail(blocks, 3)
    expect(await blocks.reserve(ip, 3)).toEqual({ kind: 'excess', left: 2 })
    expect(await blocks.list()).toEqual([])
    expect(await blocks.reserve(ip, 2)).toEqual({ kind: 'reserved' })
  })

  it('count failures that nobody reserved, while others are pending too', async () => {
    await blocks.reserve(ip, 4)
    expect(await blocks.settle(ip, 0, 3)).toBeUndefined()
    expect(await blocks.settle(ip, 0, 2)).toBe(rules.blockMs)
    expect((await blocks.reserve(ip, 1)).kind).toBe('blocked')
  })

  it('are set and cleared by hand, failures included', async () => {
    await blocks.set(ip, 60)
    expect((await blocks.reserve(ip, 1)).kind).toBe('blocked')
    expect(await blocks.clear(ip)).toBe(true)
    await fail(blocks, 5)
    expect(await blocks.clear(ip)).toBe(true)
    await fail(blocks, 4)
    expect(await blocks.clear(ip)).toBe(false)
  })
})

describe('the keys in Redis', () => {
  it('are those that runbooks name', async () => {
    await connection.client.flushall()
    const blocks = redisBlocks(connection.client, rules)
    await fail(blocks, 4)
    expect(await connection.client.get(`login_fail:${ip}`)).toBe('4')
    expect(await connection.client.ttl(`login_fail:${ip}`)).toBeGreaterThan(290)
    await fail(blocks, 1)
    expect(await connection.client.get(`ip_block:${ip}`)).toBe('1')
    const before = await connection.client.pttl(`ip_block:${ip}`)
    await blocks.reserve(ip, 1)
    expect(await connection.client.pttl(`ip_block:${ip}`)).toBeLessThanOrEqual(before)
    await connection.client.del(`ip_block:${ip}`, `login_fail:${ip}`)
    expect((await blocks.reserve(ip, 1)).kind).toBe('reserved')
    await connection.client.set(`ip_block:${ip}`, '1', 'EX', 60)
    expect((await blocks.reserve(ip, 1)).kind).toBe('blocked')
  })

  it('are counted per process while Redis is down, and shared again afterwards', async () => {
    const own = await startRedisProcess()
    const lost = await openRedis(own.url, log)
    const blocks = openIpBlocks(shareCounts(lost), rules, systemClock)
    await own.kill()
    await fail(blocks, 5)
    expect((await blocks.reserve(ip, 1)).kind).toBe('blocked')
    await own.restart()
    if (lost.client.status !== 'ready') await once(lost.client, 'ready')
    // The new Redis is empty, so another attempt is allowed.
    expect((await blocks.reserve(ip, 1)).kind).toBe('reserved')
    expect(await lost.client.get(`login_fail:${ip}`)).toBe('1')
    await lost.close()
    await own.stop()
  })
})
