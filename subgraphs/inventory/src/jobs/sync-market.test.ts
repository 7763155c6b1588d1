import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createMemoryBus } from '@cnop/kit/bus'
import { createMemoryCache } from '@cnop/kit/cache'
import { createLog } from '@cnop/kit/log'
import { formatPrice, price } from '@cnop/kit/money'
import { fakeClock } from '@cnop/kit/testing/fake-clock'
import { startTestDb, type TestDb } from '@cnop/kit/testing/test-db'
import { openCandleReader } from '@cnop/quotes/candles'
import { openQuoteReader } from '@cnop/quotes/reader'
import { quotesTable } from '@cnop/quotes/tables'
import { quotesTicked } from '@cnop/schema/events'
import { createCatalogue } from '../catalogue.ts'
import { FeedUnavailable, type MarketFeed } from '../feeds/market-feed.ts'
import { openLease } from '@cnop/kit/lease'
import { inventoryTable, leaseKey } from '../store/tables.ts'
import { listing } from '../testing/assets.ts'
import { createMarketSync } from './sync-market.ts'

const log = createLog('inventory', { level: 'silent', filePath: undefined })
const [table, quotesName] = ['inventory', 'quotes']
let store: TestDb
let clock: ReturnType<typeof fakeClock>

beforeAll(async () => {
  store = await startTestDb([inventoryTable(table), quotesTable(quotesName)])
})
beforeEach(async () => {
  await store.reset()
  clock = fakeClock()
})
afterAll(() => store.stop())

/** A feed whose prices a test sets; nothing means that it fails. */
function settableFeed(prices: Readonly<Record<string, string>>, needsRecording = false) {
  const state = { prices: prices as Readonly<Record<string, string>> | undefined, reads: 0 }
  const feed: MarketFeed = {
    description: needsRecording
      ? { feed: 'coingecko' }
      : { feed: 'simulated', seed: 's', scenario: 'quiet' },
    intervalMs: 1_000,
    needsRecording,
    read: () => {
      state.reads += 1
      if (!state.prices) return Promise.reject(new FeedUnavailable('It is away.'))
      const quotedAt = new Date(clock.now()).toISOString()
      return Promise.resolve(
        Object.entries(state.prices).map(([id, text]) => listing(id, text, { quotedAt })),
      )
    },
  }
  return { feed, state }
}

/** A process that takes part. Processes share the store alone, as if Redis were down. */
function startReplica(holder: string, feed: MarketFeed) {
  const { now } = clock
  const { db } = store
  const platform = {
    db,
    now,
    log,
    bus: createMemoryBus(log),
    cache: createMemoryCache(now),
    redis: undefined,
  }
  const catalogue = createCatalogue()
  const lease = openLease({
    store: { db, table },
    key: leaseKey,
    ...{ now, holder, durationMs: 10_000 },
  })
  const sync = createMarketSync({
    platform,
    feed,
    lease,
    catalogue,
    store: { db, table },
    quotesTable: quotesName,
    snapshotMs: 3_000,
    bandPercent: 20,
    catalogueMs: 5_000,
  })
  const priceOf = (assetId: string) => {
    const price = catalogue.get(assetId)?.price
    return price && formatPrice(price)
  }
  return { platform, catalogue, sync, priceOf }
}

async function storedQuote(assetId: string) {
  const { now } = clock
  const reader = await openQuoteReader(
    { db: store.db, now, log, bus: createMemoryBus(log) },
    { table: quotesName },
  )
  const quote = await reader.current(assetId)
  await reader.close()
  if (!quote) return undefined
  const { price, isActive, haltedSince } = quote
  return { price: formatPrice(price), isActive, ...(haltedSince && { haltedSince }) }
}

describe('keeping the market up to date', () => {
  it('stores, caches and publishes what the feed reports', async () => {
    const { feed } = settableFeed({ BTC: '64000', ETH: '3000' })
    const { platform, sync, priceOf } = startReplica('one', feed)
    const received: string[] = []
    await platform.bus.subscribe(
      quotesTicked,
      (message) => void received.push(JSON.stringify(message)),
    )
    await sync.run()
    expect(priceOf('BTC')).toBe('64000')
    expect(await storedQuote('ETH')).toEqual({ price: '3000', isActive: true })
    expect(await platform.cache.get('price:BTC')).toContain('"price":"64000"')
    expect(received).toHaveLength(1)
    expect(sync.tickedAt()).toBe(new Date(clock.now()).toISOString())
  })

  it('reads the feed once per interval and in one process only', async () => {
    const { feed, state } = settableFeed({ BTC: '1' })
    const replicas = ['one', 'two', 'three'].map((holder) => startReplica(holder, feed))
    for (let beat = 0; beat < 20; beat++) {
      await Promise.all(replicas.map(({ sync }) => sync.run()))
      clock.advance(500)
    }
    expect(state.reads).toBe(10)
    expect(replicas.filter(({ sync }) => sync.isLeading())).toHaveLength(1)
  })

  it('shows followers what the leader has stored', async () => {
    const { feed, state } = settableFeed({ BTC: '1' })
    const [leader, follower] = [startReplica('one', feed), startReplica('two', feed)]
    await leader.sync.run()
    await follower.sync.run()
    expect(follower.priceOf('BTC')).toBe('1')
    state.prices = { BTC: '1.1', NEW: '7' }
    clock.advance(5_000)
    await leader.sync.run()
    await follower.sync.run()
    expect(follower.priceOf('BTC')).toBe('1.1')
    expect(follower.priceOf('NEW')).toBe('7')
  })

  it('shows a follower that came before the leader had stored anything', async () => {
    const { feed, state } = settableFeed({ BTC: '50000' })
    const [leader, follower] = [startReplica('one', feed), startReplica('two', feed)]
    state.prices = undefined
    await leader.sync.run()
    await follower.sync.run()
    expect(follower.catalogue.all()).toEqual([])
    state.prices = { BTC: '50000' }
    clock.advance(1_000)
    await leader.sync.run()
    await follower.sync.run()
    expect(follower.priceOf('BTC')).toBe('50000')
  })

  it('is taken over when the leader crashes', async () => {
    const { feed, state } = settableFeed({ BTC: '1', GONE: '5' })
    const [leader, follower] = [startReplica('one', feed), startReplica('two', feed)]
    await leader.sync.run()
    await follower.sync.run()
    expect(follower.sync.isLeading()).toBe(false)
    clock.advance(10_000)
    state.prices = { BTC: '1.1' }
    await follower.sync.run()
    expect(follower.sync.isLeading()).toBe(true)
    expect(await storedQuote('BTC')).toEqual({ price: '1.1', isActive: true })
    expect(follower.priceOf('GONE')).toBe('5')
    await leader.sync.run()
    expect(leader.sync.isLeading()).toBe(false)
  })

  it('is handed over at once by a leader that stops', async () => {
    const { feed } = settableFeed({ BTC: '1' })
    const [leader, follower] = [startReplica('one', feed), startReplica('two', feed)]
    await leader.sync.run()
    await leader.sync.stop()
    await follower.sync.run()
    expect(follower.sync.isLeading()).toBe(true)
  })

  it('publishes nothing when its lease has expired while the feed was slow', async () => {
    const { feed } = settableFeed({ BTC: '1' })
    const slow: MarketFeed = {
      ...feed,
      read: () => {
        clock.advance(11_000)
        return feed.read()
      },
    }
    const { sync, catalogue } = startReplica('one', slow)
    await sync.run()
    expect(catalogue.all()).toEqual([])
    expect(await storedQuote('BTC')).toBeUndefined()
  })

  it('keeps the last prices while the feed fails, lets them grow old, and goes on afterwards', async () => {
    const { feed, state } = settableFeed({ BTC: '1' })
    const { sync, priceOf } = startReplica('one', feed)
    await sync.run()
    const lastTick = sync.tickedAt()
    state.prices = undefined
    clock.advance(5_000)
    await sync.run()
    expect(priceOf('BTC')).toBe('1')
    expect(sync.tickedAt()).toBe(lastTick)
    state.prices = { BTC: '1.1' }
    clock.advance(1_000)
    await sync.run()
    expect(priceOf('BTC')).toBe('1.1')
  })

  it('turns assets inactive for everyone when their price is zero or they leave the market', async () => {
    const { feed, state } = settableFeed({ BTC: '1', ZERO: '4', GONE: '5' })
    const { sync } = startReplica('one', feed)
    await sync.run()
    state.prices = { BTC: '1', ZERO: '0' }
    for (let beat = 0; beat < 3; beat++) {
      clock.advance(3_000)
      await sync.run()
    }
    expect(await storedQuote('ZERO')).toEqual({ price: '4', isActive: false })
    expect(await storedQuote('GONE')).toEqual({ price: '5', isActive: false })
    expect(await storedQuote('BTC')).toEqual({ price: '1', isActive: true })
  })

  it('keeps a halt, and the price that readings are compared with, when another process takes over', async () => {
    const { feed, state } = settableFeed({ BTC: '50000', ETH: '3000' })
    const [leader, follower] = [startReplica('one', feed), startReplica('two', feed)]
    const halted = ({ catalogue }: typeof leader) => catalogue.get('BTC')?.haltedSince
    await leader.sync.run()
    await follower.sync.run()
    state.prices = { BTC: '0.5', ETH: '3000' }
    clock.advance(1_000)
    const haltedSince = new Date(clock.now()).toISOString()
    await leader.sync.run()
    expect(halted(leader)).toBe(haltedSince)
    // The leader crashes: its lease must expire before another process reads the feed.
    clock.advance(10_000)
    state.prices = { BTC: '50010', ETH: '3000' }
    await follower.sync.run()
    expect(follower.sync.isLeading()).toBe(true)
    expect([halted(follower), follower.priceOf('BTC')]).toEqual([haltedSince, '50000'])
    expect(await storedQuote('BTC')).toMatchObject({ price: '50000', haltedSince })
    clock.advance(1_000)
    await follower.sync.run()
    expect([halted(follower), follower.priceOf('BTC')]).toEqual([undefined, '50010'])
    // And a new process compares with the price that was accepted before it began.
    await follower.sync.stop()
    state.prices = { BTC: '0.5', ETH: '3000' }
    clock.advance(1_000)
    const third = startReplica('three', feed)
    await third.sync.run()
    expect([halted(third) !== undefined, third.priceOf('BTC')]).toEqual([true, '50010'])
  })

  it('records no price that was not accepted', async () => {
    const { feed, state } = settableFeed({ BTC: '50000' }, true)
    const { sync, platform } = startReplica('one', feed)
    const fromMs = clock.now()
    const received: string[] = []
    await platform.bus.subscribe(
      quotesTicked,
      (message) => void received.push(JSON.stringify(message)),
    )
    for (const text of ['50000', '0.5', '50001', '50002', '99999', '50003', '50004']) {
      state.prices = { BTC: text }
      await sync.run()
      clock.advance(1_000)
    }
    await sync.stop()
    const reader = openCandleReader({ db: store.db, now: clock.now }, { table: quotesName })
    const [candle] = await reader.read({
      ...{ assetId: 'BTC', interval: '1m', fromMs, toMs: clock.now() },
    })
    expect([candle!.low, candle!.high].map(formatPrice)).toEqual(['50000', '50004'])
    expect(received.join()).not.toContain(`"${price('0.5')}"`)
    expect(received.join()).not.toContain(`"${price('99999')}"`)
    expect(await platform.cache.get('price:BTC')).toContain('"price":"50004"')
  })

  it('records the history of a feed that cannot be asked about the past', async () => {
    const { feed, state } = settableFeed({ BTC: '10' }, true)
    const { sync } = startReplica('one', feed)
    const fromMs = clock.now()
    await sync.run()
    state.prices = { BTC: '12' }
    clock.advance(1_000)
    await sync.run()
    await sync.stop()
    const reader = openCandleReader({ db: store.db, now: clock.now }, { table: quotesName })
    const candles = await reader.read({ assetId: 'BTC', interval: '1m', fromMs, toMs: clock.now() })
    expect(candles.map(({ open, close }) => [formatPrice(open), formatPrice(close)])).toEqual([
      ['10', '12'],
    ])
  })
})
