import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { systemClock } from '@cnop/kit/clock'
import { createLog } from '@cnop/kit/log'
import { openRedis, type RedisConnection } from '@cnop/kit/redis'
import { startRedisProcess, type RedisProcess } from '@cnop/kit/redis-process'
import { openBudget, type Spend } from './budget.ts'
import { minuteMs, openUseCounts } from './field-limit-store.ts'
import { shareCounts } from '@cnop/kit/shared-counts'

const log = createLog('test', { level: 'silent', filePath: undefined })

let redis: RedisProcess
let here: RedisConnection
let there: RedisConnection
beforeAll(async () => {
  redis = await startRedisProcess()
  here = await openRedis(redis.url, log)
  there = await openRedis(redis.url, log)
})
afterAll(async () => {
  await Promise.all([here.close(), there.close()])
  await redis.stop()
})

async function spendMany(spends: readonly Spend[], times: number, key: string): Promise<number> {
  const all = Array.from({ length: times }, (_, index) => spends[index % spends.length]!(key, 1))
  return (await Promise.all(all)).filter(({ isWithin }) => isWithin).length
}

describe('a budget', () => {
  it('is exact in one process', async () => {
    const spend = openBudget({ name: 'alone', limit: 100 }, shareCounts(undefined))
    expect(await spendMany([spend], 130, 'someone')).toBe(100)
    expect((await spend('user:other', 40)).remaining).toBe(60)
  })

  it('is exact over two processes', async () => {
    const spends = [here, there].map((connection) =>
      openBudget({ name: 'shared', limit: 100 }, shareCounts(connection)),
    )
    expect(await spendMany(spends, 130, 'someone')).toBe(100)
  })

  it('refuses what costs more than is left', async () => {
    const spend = openBudget({ name: 'cost', limit: 10 }, shareCounts(here))
    expect(await spend('someone', 7)).toMatchObject({ isWithin: true, remaining: 3, limit: 10 })
    expect(await spend('someone', 4)).toMatchObject({ isWithin: false, remaining: 0 })
  })
})

describe('uses of a field', () => {
  it.each([
    ['in memory', () => shareCounts(undefined)],
    ['in Redis', () => shareCounts(here)],
  ])('are counted in one step %s, and only when they fit', async (place, open) => {
    const counts = openUseCounts(open(), systemClock, minuteMs)
    const key = `uses ${place}`
    const before = await Promise.all(Array.from({ length: 10 }, () => counts.add(key, 1, 3)))
    expect(before.filter((uses) => uses < 3)).toHaveLength(3)
    expect(await counts.add(`${key} 2`, 4, 3)).toBe(0)
    expect(await counts.add(`${key} 2`, 3, 3)).toBe(0)
    expect(await counts.add(`${key} 2`, 1, 3)).toBe(3)
    expect(await counts.msLeft(key)).toBeGreaterThan(50_000)
  })
})

describe('while Redis is down', () => {
  it('limits apply per process, and shared again after Redis has recovered', async () => {
    const own = await startRedisProcess()
    const connection = await openRedis(own.url, log)
    const spend = openBudget({ name: 'outage', limit: 20 }, shareCounts(connection))
    expect(await spendMany([spend], 15, 'someone')).toBe(15)
    await own.kill()
    expect(await spendMany([spend], 30, 'someone')).toBe(20)
    await own.restart()
    if (connection.client.status !== 'ready') await once(connection.client, 'ready')
    // The new Redis is empty, so the budget is full: process-local uses are not transferred.
    expect(await spendMany([spend], 30, 'someone')).toBe(20)
    expect(await connection.client.get('outage:someone')).not.toBeNull()
    await connection.close()
    await own.stop()
  })
})
