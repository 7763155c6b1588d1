import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createMemoryBus } from '@cnop/kit/bus'
import { createMemoryCache } from '@cnop/kit/cache'
import { toIso } from '@cnop/kit/clock'
import { createLog } from '@cnop/kit/log'
import { formatPrice, price } from '@cnop/kit/money'
import { fakeClock } from '@cnop/kit/testing/fake-clock'
import { startTestDb, type TestDb } from '@cnop/kit/testing/test-db'
import type { Quote, QuoteReader } from './quote.ts'
import { openQuoteReader } from './reader.ts'
import { quotesTable } from './tables.ts'
import { openQuoteWriter } from './writer.ts'

const table = 'quotes'
const log = createLog('quotes', { level: 'silent', filePath: undefined })
let store: TestDb
let world: ReturnType<typeof openWorld>
let readers: QuoteReader[] = []

beforeAll(async () => {
  store = await startTestDb([quotesTable(table)])
})
beforeEach(async () => {
  await store.reset()
  world = openWorld()
})
afterEach(async () => {
  await Promise.all(readers.map((reader) => reader.close()))
  readers = []
})
afterAll(() => store.stop())

function openWorld() {
  const clock = fakeClock()
  const { db } = store
  const { now } = clock
  const platform = {
    db,
    now,
    log,
    bus: createMemoryBus(log),
    cache: createMemoryCache(now),
    redis: undefined,
  }
  const quote = (assetId: string, text: string, facts: Partial<Quote> = {}): Quote => ({
    assetId,
    price: price(text),
    quotedAt: toIso(now()),
    isActive: true,
    name: `The ${assetId}`,
    category: 'ALTCOIN',
    dayAgoPrice: undefined,
    ...facts,
  })
  return {
    clock,
    platform,
    quote,
    tick: (...quotes: Quote[]) => ({ tickedAt: toIso(now()), quotes }),
  }
}

async function openReader(platform = world.platform): Promise<QuoteReader> {
  const reader = await openQuoteReader(platform, { table })
  readers.push(reader)
  return reader
}

const priceOf = async (reader: QuoteReader, assetId: string): Promise<string | undefined> => {
  const quote = await reader.current(assetId)
  return quote && formatPrice(quote.price)
}

describe('quotes', () => {
  it('reach readers by the bus at once', async () => {
    const { platform, quote, tick } = world
    const reader = await openReader()
    const received: string[] = []
    reader.onTick((quotes) => received.push(...quotes.map(({ assetId }) => assetId)))
    const writer = await openQuoteWriter(platform, { table, snapshotMs: 60_000 })
    await writer.publish(tick(quote('BTC', '64000.1'), quote('PEPE', '0.000000000001')))
    expect(await priceOf(reader, 'BTC')).toBe('64000.1')
    expect(await priceOf(reader, 'PEPE')).toBe('0.000000000001')
    expect(received).toEqual(['BTC', 'PEPE'])
    expect(reader.tickedAt()).toBe(toIso(world.clock.now()))
  })

  it('reach a reader that opens later, whole and as they were', async () => {
    const { platform, quote, tick } = world
    const writer = await openQuoteWriter(platform, { table })
    const bitcoin = quote('BTC', '64000', { category: 'MAJOR', dayAgoPrice: price('63000.5') })
    const dead = quote('DEAD', '0.5', { isActive: false })
    await writer.publish(tick(bitcoin, dead))
    const quotes = await (await openReader()).currentMany(['BTC', 'DEAD', 'NOPE'])
    expect([...quotes.values()]).toEqual([bitcoin, dead])
  })

  it('are stored every few seconds and when the writer closes, not on every tick', async () => {
    const { clock, platform, quote, tick } = world
    const writer = await openQuoteWriter(platform, { table, snapshotMs: 3_000 })
    const storedPrice = async () =>
      priceOf(await openReader({ ...platform, bus: createMemoryBus(log) }), 'BTC')
    await writer.publish(tick(quote('BTC', '1')))
    clock.advance(1_000)
    await writer.publish(tick(quote('BTC', '2')))
    expect(await storedPrice()).toBe('1')
    clock.advance(2_000)
    await writer.publish(tick(quote('BTC', '3')))
    expect(await storedPrice()).toBe('3')
    clock.advance(1_000)
    await writer.publish(tick(quote('BTC', '4')))
    await writer.close()
    expect(await storedPrice()).toBe('4')
  })

  it('come from the store when the bus is silent, and reach listeners', async () => {
    const { clock, platform, quote, tick } = world
    const deaf = await openReader({ ...platform, bus: createMemoryBus(log) })
    const received: string[] = []
    deaf.onTick((quotes) => received.push(...quotes.map((one) => formatPrice(one.price))))
    const writer = await openQuoteWriter(platform, { table })
    await writer.publish(tick(quote('BTC', '64000')))
    expect(await priceOf(deaf, 'BTC')).toBeUndefined()
    clock.advance(2_000)
    expect(await priceOf(deaf, 'BTC')).toBe('64000')
    expect(received).toEqual(['64000'])
  })

  it('keep the newer price when an older one comes late', async () => {
    const { clock, platform, quote, tick } = world
    const reader = await openReader()
    const writer = await openQuoteWriter(platform, { table })
    const old = tick(quote('BTC', '1'))
    clock.advance(10_000)
    await writer.publish(tick(quote('BTC', '2')))
    await writer.publish(old)
    expect(await priceOf(reader, 'BTC')).toBe('2')
  })

  it('are not set back by a writer that was overtaken', async () => {
    const { clock, platform, quote, tick } = world
    const slow = await openQuoteWriter(platform, { table })
    const stale = tick(quote('BTC', '1'))
    clock.advance(10_000)
    const fast = await openQuoteWriter(platform, { table })
    await fast.publish(tick(quote('BTC', '2')))
    await slow.publish(stale)
    await slow.close()
    expect(await priceOf(await openReader(), 'BTC')).toBe('2')
  })

  it('stay known to the next writer when an asset has left the feed', async () => {
    const { clock, platform, quote, tick } = world
    const first = await openQuoteWriter(platform, { table })
    await first.publish(tick(quote('BTC', '1'), quote('GONE', '5', { isActive: false })))
    await first.close()
    clock.advance(5_000)
    const second = await openQuoteWriter(platform, { table })
    await second.publish(tick(quote('BTC', '2')))
    const quotes = await (await openReader()).all()
    expect(quotes.map(({ assetId, isActive }) => [assetId, isActive])).toEqual([
      ['BTC', true],
      ['GONE', false],
    ])
  })

  it('are kept for ten minutes in the cache as JSON', async () => {
    const { clock, platform, quote, tick } = world
    const writer = await openQuoteWriter(platform, { table })
    const updatedAt = toIso(clock.now())
    await writer.publish(tick(quote('BTC', '64000.5'), quote('ETH', '3000')))
    expect(JSON.parse((await platform.cache.get('price:ETH'))!)).toEqual({
      asset_id: 'ETH',
      price: '3000',
      updated_at: updatedAt,
    })
    clock.advance(600_001)
    expect(await platform.cache.get('price:BTC')).toBeUndefined()
  })

  it('fill several rows when there are many', async () => {
    const { platform, quote, tick } = world
    const writer = await openQuoteWriter(platform, { table })
    const many = Array.from({ length: 600 }, (_, place) =>
      quote(`A${place}`, '999999999999.999999999999', { name: 'x'.repeat(100) }),
    )
    await writer.publish(tick(...many))
    expect(await (await openReader()).all()).toHaveLength(600)
  })
})

describe('the quotes of a moment', () => {
  it('are those of the last tick up to it, in every reader, whatever ticks come later', async () => {
    const [one, other] = [await openReader(), await openReader()]
    const writer = await openQuoteWriter(world.platform, { table })
    const { clock, quote, tick } = world
    const first = clock.now()
    await writer.publish(tick(quote('BTC', '100'), quote('ETH', '10')))
    clock.advance(1_000)
    await writer.publish(tick(quote('BTC', '101')))
    clock.advance(1_000)
    await writer.publish(tick(quote('BTC', '102'), quote('ETH', '12')))
    const pricesAt = async (reader: QuoteReader, momentMs: number | undefined) => {
      const { quotes, tickedAt } = await reader.asOf(momentMs)
      return [tickedAt, ...['BTC', 'ETH'].map((id) => formatPrice(quotes.get(id)!.price))]
    }
    for (const reader of [one, other]) {
      expect(await pricesAt(reader, first + 1_999)).toEqual([toIso(first + 1_000), '101', '10'])
      expect(await pricesAt(reader, first)).toEqual([toIso(first), '100', '10'])
      expect(await pricesAt(reader, undefined)).toEqual([toIso(first + 2_000), '102', '12'])
    }
  })

  it('are none before the first tick', async () => {
    const { quotes, tickedAt } = await (await openReader()).asOf(world.clock.now())
    expect([quotes.size, tickedAt]).toEqual([0, undefined])
  })
})
