import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { formatPrice, price, quantity, usd } from '@cnop/kit/money'
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

async function readOne(facts: Readonly<Record<string, unknown>>) {
  server.answer = () => page(coin(facts))
  const [listing] = await openFeed().read()
  return listing
}

describe('the market-data feed', () => {
  it('asks for 250 coins in dollars with a week of prices', async () => {
    server.answer = () => page(coin())
    await openFeed().read()
    expect(server.asked).toHaveLength(1)
    expect(server.asked[0]).toMatchObject({
      path: '/api/v3/coins/markets',
      query: {
        vs_currency: 'usd',
        order: 'market_cap_desc',
        per_page: '250',
        page: '1',
        sparkline: 'true',
        price_change_percentage: '7d,30d',
      },
    })
    expect(server.asked[0]!.headers['x-cg-demo-api-key']).toBeUndefined()
  })

  it('sends its key in a header, never in the address', async () => {
    server.answer = () => page(coin())
    await openFeed({ apiKey: 'secret' }).read()
    expect(server.asked[0]!.headers['x-cg-demo-api-key']).toBe('secret')
    expect(JSON.stringify(server.asked[0]!.query)).not.toContain('secret')
  })

  it('reads every figure of a coin', async () => {
    expect(await readOne({})).toEqual({
      assetId: 'BTC',
      sourceId: 'bitcoin',
      name: 'Bitcoin',
      description: 'Bitcoin is traded under the ticker BTC.',
      category: 'MAJOR',
      rank: 1,
      price: price('70187'),
      quotedAt: '2026-01-05T09:59:31.736Z',
      figures: {
        dayAgoPrice: price('68060.12'),
        weekAgoPrice: price('62388.444444444444'),
        monthAgoPrice: price('87733.75'),
        marketCap: usd('1381651251183.00'),
        dayAgoMarketCap: usd('1337363573132.00'),
        volume24h: usd('20154184933.00'),
        circulatingSupply: quantity('19675987'),
        totalSupply: quantity('21000000'),
        maxSupply: quantity('21000000'),
        allTimeHigh: price('73738'),
        allTimeHighAt: '2024-03-14T07:10:36.635Z',
        allTimeLow: price('67.81'),
        allTimeLowAt: '2013-07-06T00:00:00.000Z',
      },
      hourlyPrices: [price('57812.96915967891'), price('57504.33531773738')],
    })
  })

  it('reads all pages, and stops behind the last one', async () => {
    const pages: Record<string, ReturnType<typeof page>> = {
      1: page(coin()),
      2: page(coin({ id: 'ethereum', symbol: 'eth' })),
    }
    server.answer = ({ query }) => pages[query['page']!] ?? page()
    const listings = await openFeed({ pages: 8 }).read()
    expect(listings.map(({ assetId }) => assetId)).toEqual(['BTC', 'ETH'])
    expect(server.asked).toHaveLength(3)
  })

  it('has no figures for a coin whose figures are all null', async () => {
    const names = ['id', 'symbol', 'name']
    const nulls = Object.keys(coin()).filter((name) => !names.includes(name))
    const listing = await readOne(Object.fromEntries(nulls.map((name) => [name, null])))
    expect(listing).toMatchObject({ assetId: 'BTC', rank: undefined, price: undefined })
    expect(Object.values(listing!.figures).every((figure) => figure === undefined)).toBe(true)
    expect(listing!.quotedAt).toBe(new Date(clock.now()).toISOString())
  })

  const columns = Object.keys(coin()).filter((name) => name !== 'id' && name !== 'current_price')

  it.each(columns)('lists a coin whatever becomes of its column %s', async (name) => {
    const known = [{ assetId: 'BTC', sourceId: 'bitcoin' }]
    const { [name]: _, ...rest } = coin()
    for (const entry of [rest, coin({ [name]: null }), coin({ [name]: {} })]) {
      server.answer = () => page(entry)
      const [listing] = await openFeed().read(known)
      expect(listing).toMatchObject({ assetId: 'BTC', price: price('70187') })
    }
  })

  it('lists a coin that has nothing but id, symbol and price', async () => {
    server.answer = () => page({ id: 'bitcoin', symbol: 'btc', current_price: 7 })
    const [listing] = await openFeed().read()
    expect(listing).toMatchObject({ assetId: 'BTC', name: 'BTC', price: price('7') })
  })

  it.each([
    ['70187.5', '70187.5'],
    [' 7.0e4 ', '70000'],
    ['1E-9', '0.000000001'],
    ['7018750e-2', '70187.5'],
  ])('reads a price that is written as the text %p', async (given, expected) => {
    expect(formatPrice((await readOne({ current_price: given }))!.price!)).toBe(expected)
  })

  it.each(['70,187', '$70187', '0x10', 'NaN', 'Infinity', '1e999', '-5', true, [70187], ''])(
    'takes a price of %p for none',
    async (given) => {
      expect((await readOne({ current_price: given }))!.price).toBeUndefined()
    },
  )

  it.each([
    ['<b>Bitcoin</b>', 'Bitcoin'],
    ['Bit<script>alert(1)</script>coin', 'Bit alert(1) coin'],
    ['  Bit\u0000\u202e coin\n', 'Bit coin'],
    ['Bitcoin <', 'Bitcoin'],
    ['<>', 'BTC'],
    ['Ünïcode ₿ & Söhne', 'Ünïcode ₿ & Söhne'],
    ['x'.repeat(5_000), 'x'.repeat(100)],
  ])('shows the name %p as plain text', async (given, expected) => {
    expect((await readOne({ name: given }))!.name).toBe(expected)
  })

  it.each([
    ['1', 1],
    [2, 2],
    [1.5, undefined],
    [0, undefined],
    [-3, undefined],
    ['first', undefined],
  ])('reads the rank %p as %p', async (given, expected) => {
    expect((await readOne({ market_cap_rank: given }))!.rank).toBe(expected)
  })

  it('treats a price of zero as absent', async () => {
    expect((await readOne({ current_price: 0 }))!.price).toBeUndefined()
  })

  it.each([
    [1.2e-11, '0.000000000012'],
    [0.00000942, '0.00000942'],
    [123456789012, '123456789012'],
  ])('reads the price %p exactly', async (given, expected) => {
    expect(formatPrice((await readOne({ current_price: given }))!.price!)).toBe(expected)
  })

  it.each([
    ['current_price', 'abc'],
    ['market_cap', { usd: 1 }],
    ['market_cap_rank', 1.5],
    ['circulating_supply', 1e30],
    ['ath_date', 'yesterday'],
    ['sparkline_in_7d', 'none'],
    ['last_updated', 17],
  ])('leaves out a %s of %p, not the coin', async (name, value) => {
    expect(await readOne({ [name]: value })).toMatchObject({ assetId: 'BTC' })
  })

  it('treats numbers above the limit as unknown', async () => {
    const text = JSON.stringify([coin()]).replace('1381651251183', '1e999')
    server.answer = () => ({ body: text })
    const [listing] = await openFeed().read()
    expect(listing!.figures.marketCap).toBeUndefined()
  })

  it.each(['2026-02-31T00:00:00.000Z', '2026-01-05T09:00:00', '2026-01-05'])(
    'does not guess what %s means',
    async (text) => {
      const listing = await readOne({ last_updated: text, ath_date: text })
      expect(listing!.quotedAt).toBe(new Date(clock.now()).toISOString())
      expect(listing!.figures.allTimeHighAt).toBeUndefined()
    },
  )

  it('does not trust an instant in the future', async () => {
    const listing = await readOne({ last_updated: '2199-01-01T00:00:00.000Z' })
    expect(listing!.quotedAt).toBe(new Date(clock.now()).toISOString())
  })

  it('leaves out what cannot be an asset here', async () => {
    const wrong = [null, 7, 'x', [], {}, coin({ symbol: 'usd' }), coin({ symbol: '$wif' })]
    const long = coin({ symbol: 'longerthan10' })
    const nameless = coin({ symbol: null })
    server.answer = () => page(...wrong, long, nameless, coin({ symbol: ' eth ' }))
    expect((await openFeed().read()).map(({ assetId }) => assetId)).toEqual(['ETH'])
  })

  it('lists both coins of a ticker, the larger one first', async () => {
    server.answer = () => page(coin({ id: 'one', symbol: 'x' }), coin({ id: 'two', symbol: 'X' }))
    const listings = await openFeed().read()
    expect(listings.map(({ sourceId }) => sourceId)).toEqual(['one', 'two'])
  })
})

describe('traded coins that the pages lack', () => {
  const bitcoin = { assetId: 'BTC', sourceId: 'bitcoin' }
  const ether = { assetId: 'ETH', sourceId: 'ethereum' }

  it('are looked up by their ids, all in one call', async () => {
    server.answer = ({ query }) =>
      query['ids']
        ? page(coin({ id: 'ethereum', symbol: 'eth', market_cap_rank: 251 }))
        : page(coin())
    const listings = await openFeed().read([bitcoin, ether])
    expect(listings.map(({ assetId }) => assetId)).toEqual(['BTC', 'ETH'])
    expect(server.asked.map(({ query }) => query['ids'])).toEqual([undefined, 'ethereum'])
  })

  it('stay missing when the source lacks them, and cost no further call', async () => {
    server.answer = ({ query }) => (query['ids'] ? page() : page(coin()))
    const listings = await openFeed().read([bitcoin, ether])
    expect(listings.map(({ assetId }) => assetId)).toEqual(['BTC'])
    expect(server.asked).toHaveLength(2)
  })

  it('do not make a partial reply acceptable', async () => {
    server.answer = ({ query }) => (query['ids'] ? { status: 429 } : page(coin()))
    await expect(openFeed().read([bitcoin, ether])).rejects.toThrow(FeedUnavailable)
  })

  it('are not asked for while the pages have them all', async () => {
    server.answer = () => page(coin())
    await openFeed().read([bitcoin])
    expect(server.asked).toHaveLength(1)
  })
})
