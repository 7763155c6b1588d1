import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals'
import { price, quantity } from '@cnop/kit/money'
import { createLog } from '@cnop/kit/log'
import { openRedis, type RedisConnection } from '@cnop/kit/redis'
import { type RedisProcess, startRedisProcess } from '@cnop/kit/redis-process'
import type { Trade } from '../domain/trade.ts'
import { openTradeList } from './trade-list.ts'

const log = createLog('order', { level: 'silent', filePath: undefined })
let server: RedisProcess
const opened: RedisConnection[] = []

const connect = async (): Promise<RedisConnection> => {
  const redis = await openRedis(server.url, log)
  opened.push(redis)
  return redis
}

beforeAll(async () => {
  server = await startRedisProcess()
})
afterEach(async () => {
  for (const redis of opened.splice(0)) {
    await redis.client.flushall().catch(() => undefined)
    await redis.close()
  }
})
afterAll(() => server.stop())

const trade = (count: number, assetId = 'BTC'): Trade => ({
  assetId,
  side: count % 2 === 0 ? 'BUY' : 'SELL',
  price: price(String(64_000 + count)),
  quantity: quantity('0.00000001'),
  executedAt: '2026-01-31T10:00:00.000Z',
})

it('shares the lists with other copies, newest first, and keeps them over a restart of one', async () => {
  const first = openTradeList(await connect())
  expect(await first.add(trade(1))).toBe(true)
  await first.add(trade(2))
  await first.add(trade(3, 'ETH'))
  const other = openTradeList(await connect())
  expect(await other.read(['ETH', 'BTC', 'DOGE'])).toEqual([
    [trade(3, 'ETH')],
    [trade(2), trade(1)],
    [],
  ])
})

it.each(['redis', 'memory'])('keeps the newest 50 of an asset in %s', async (kind) => {
  const list = openTradeList(kind === 'redis' ? await connect() : undefined)
  for (let count = 1; count <= 60; count += 1) await list.add(trade(count))
  const [trades = []] = await list.read(['BTC'])
  expect(trades).toHaveLength(50)
  expect([trades[0], trades.at(-1)]).toEqual([trade(60), trade(11)])
})

it('lets the list of an asset that nobody trades end', async () => {
  const redis = await connect()
  await openTradeList(redis).add(trade(1))
  expect(await redis.client.ttl('trades:BTC')).toBeGreaterThan(29 * 86_400)
})

it('leaves out entries of another form', async () => {
  const redis = await connect()
  const list = openTradeList(redis)
  await list.add(trade(1))
  const others = ['', '{}', '["BUY"]', '["BUY","a","1","2026-01-31T10:00:00.000Z"]']
  await redis.client.lpush('trades:BTC', ...others)
  expect(await list.read(['BTC'])).toEqual([[trade(1)]])
})

it('adds nothing and says that nothing is known while Redis is down', async () => {
  const list = openTradeList(await connect())
  await server.kill()
  expect(await list.add(trade(1))).toBe(false)
  expect(await list.read(['BTC'])).toEqual([undefined])
  await server.restart()
})
