import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { fakeClock } from '@cnop/kit/testing/fake-clock'
import {
  coin,
  type MarketDataServer,
  page,
  startMarketDataServer,
} from '../testing/market-data-server.ts'
import { createCoingeckoFeed } from './coingecko.ts'
import { FeedUnavailable } from './market-feed.ts'

let server: MarketDataServer
let clock: ReturnType<typeof fakeClock>

beforeAll(async () => {
  server = await startMarketDataServer()
})
beforeEach(() => {
  clock = fakeClock()
  server.asked.length = 0
})
afterAll(() => server.stop())

const openFeed = (facts: Partial<Parameters<typeof createCoingeckoFeed>[0]> = {}) =>
  createCoingeckoFeed({
    url: server.url,
    apiKey: undefined,
    pages: 1,
    intervalMs: 60_000,
    timeoutMs: 5_000,
    now: clock.now,
    ...facts,
  })

describe('a market-data feed that fails', () => {
  it.each([
    ['broken JSON', { body: '[{"id":"bitcoin","symb' }],
    ['an object', { body: '{"status":{"error_code":429}}' }],
    ['an empty body', { body: '' }],
    ['no coins at all', page()],
    ['an HTML page', { body: '<html></html>' }],
    ['an error', { status: 500 }],
    ['a refusal of its key', { status: 401 }],
    ['nothing new', { status: 304 }],
    ['no content', { status: 204 }],
    ['a list of what are no coins', { body: '[1,null,"x",{}]' }],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:9/' } }],
    ['more than anyone can use', { body: `["${'x'.repeat(9 * 1024 * 1024)}"]` }],
  ])('is unavailable when it sends %s', async (_, answer) => {
    server.answer = () => answer
    await expect(openFeed().read()).rejects.toThrow(FeedUnavailable)
  })

  it('is unavailable as a whole when its second page fails', async () => {
    server.answer = ({ query }) => (query['page'] === '1' ? page(coin()) : { status: 503 })
    await expect(openFeed({ pages: 2 }).read()).rejects.toThrow(FeedUnavailable)
  })

  it('is unavailable when it does not answer in time', async () => {
    server.answer = () => ({ hangs: true })
    const reading = openFeed({ timeoutMs: 50 }).read()
    await expect(reading).rejects.toThrow('did not answer in time')
  })

  it('is unavailable when nothing listens', async () => {
    const reading = openFeed({ url: 'http://127.0.0.1:9' }).read()
    await expect(reading).rejects.toThrow('could not be reached')
  })

  it('is called less often after every failure, and again later', async () => {
    const feed = openFeed()
    server.answer = () => ({ status: 500 })
    const asksAfter = async (waitMs: number): Promise<number> => {
      clock.advance(waitMs)
      await feed.read().catch(() => undefined)
      return server.asked.length
    }
    expect(await asksAfter(0)).toBe(1)
    expect(await asksAfter(4_999)).toBe(1)
    expect(await asksAfter(1)).toBe(2)
    expect(await asksAfter(9_999)).toBe(2)
    expect(await asksAfter(1)).toBe(3)
    server.answer = () => page(coin())
    expect(await asksAfter(20_000)).toBe(4)
    expect(await asksAfter(0)).toBe(5)
  })

  it.each([
    ['90', 90_000],
    ['Mon, 05 Jan 2026 10:02:00 GMT', 120_000],
    ['86400', 3_600_000], // never longer than an hour
    ['soon', 5_000],
  ])('waits as long as a 429 with Retry-After %s asks for', async (header, waitMs) => {
    const feed = openFeed()
    server.answer = () => ({ status: 429, headers: { 'retry-after': header } })
    await expect(feed.read()).rejects.toThrow('429')
    server.answer = () => page(coin())
    clock.advance(waitMs - 1)
    await expect(feed.read()).rejects.toThrow('left alone')
    clock.advance(1)
    expect(await feed.read()).toHaveLength(1)
  })
})
