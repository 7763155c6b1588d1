import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { price, type Price } from '@cnop/kit/money'
import { fakeClock } from '@cnop/kit/testing/fake-clock'
import { extremes, intervalMs } from '@cnop/quotes/candle'
import type { CandleQuery } from '@cnop/quotes/candles'
import { percentChange } from '@cnop/quotes/percent'
import { simulateMarket } from '@cnop/quotes/simulation/market'
import { createSimulatedFeed } from './feeds/simulated.ts'
import { createHistory } from './history.ts'
import { type Inventory, openWorld, type World } from './testing/inventory.ts'
import { coin, page } from './testing/market-data-server.ts'

interface Candle {
  readonly high: string
  readonly low: string
  readonly close: string
}

interface ShownAsset {
  readonly id: string
  readonly quote: { readonly price: string }
  readonly day: readonly Candle[]
  readonly marketData: {
    readonly high24h: string
    readonly low24h: string
    readonly change24h: string
    readonly changePercent7d: number
    readonly changePercent30d: number
  }
}

const query = `query ($ids: [ID!]) { assets(first: 250, filter: { ids: $ids, activeOnly: false }) { nodes {
  id quote { price }
  day: candles(range: DAY) { high low close }
  marketData { high24h low24h change24h changePercent7d changePercent30d } } } }`

const dayMs = 86_400_000
let world: World
let inventory: Inventory

beforeAll(async () => {
  world = await openWorld()
})
beforeEach(async () => {
  inventory = await world.reset()
})
afterEach(() => inventory.stop())
afterAll(() => world.stop())

async function readAssets(ids?: readonly string[]): Promise<readonly ShownAsset[]> {
  const { data } = await inventory.ask(query, { ids })
  return (data as unknown as { assets: { nodes: ShownAsset[] } }).assets.nodes
}

const most = (texts: readonly string[]): Price =>
  texts.map((text) => price(text)).reduce((a, b) => (b > a ? b : a))
const least = (texts: readonly string[]): Price =>
  texts.map((text) => price(text)).reduce((a, b) => (b < a ? b : a))

/** The range, the chart of the day and the current price are consistent. */
function expectOneRange({ id, quote, day, marketData }: ShownAsset): void {
  const shown = { id, high: price(marketData.high24h), low: price(marketData.low24h) }
  expect(shown).toEqual({
    id,
    high: most([...day.map(({ high }) => high), quote.price]),
    low: least([...day.map(({ low }) => low), quote.price]),
  })
}

describe('the figures of the simulated market', () => {
  beforeEach(async () => {
    // Not the beginning of any candle.
    inventory.clock.advance(7_403_000)
    await inventory.start()
  })

  it('agree with the chart in the API', async () => {
    const nowMs = inventory.clock.now()
    const market = simulateMarket({ seed: 'cloud-native', scenario: 'quiet' })
    const assets = await readAssets(['BTC', 'ETH', 'USDT', 'QUACK'])
    expect(assets).toHaveLength(4)
    for (const asset of assets) {
      const { id, quote, day, marketData } = asset
      expectOneRange(asset)
      expect([id, day.length, day.at(-1)!.close]).toEqual([id, 288, quote.price])
      const now = price(quote.price)
      const at = (days: number) => market.priceAt(id, nowMs - days * dayMs)
      expect(now - price(marketData.change24h)).toBe(at(1))
      expect(marketData.changePercent7d).toBe(percentChange(now, at(7)))
      expect(marketData.changePercent30d).toBe(percentChange(now, at(30)))
    }
  })

  it('have a sparkline of the closing prices of the week', async () => {
    const { data } = await inventory.ask(
      '{ asset(id: "ETH") { sparkline candles(range: WEEK) { close } } }',
    )
    const { asset } = data as unknown as {
      asset: { sparkline: string[]; candles: { close: string }[] }
    }
    // The hour under way is a candle, and no part of the sparkline yet.
    const ended = asset.candles.slice(0, -1).map(({ close }) => close)
    expect(asset.sparkline.slice(1)).toEqual(ended)
    expect(ended).toHaveLength(167)
  })
})

describe('the range and the volume of a day', () => {
  // Thirty thousand candles of the simulation are computed for this.
  it('are those of the candles of a day, for every simulated asset', async () => {
    const clock = fakeClock()
    clock.advance(7_403_000)
    const { now } = clock
    const options = { seed: 'every', scenario: 'crash' } as const
    const market = simulateMarket(options)
    const read = ({ assetId, interval, ...span }: CandleQuery) =>
      Promise.resolve(market.candles(assetId, { ...span, intervalMs: intervalMs[interval] }))
    const none = () => Promise.resolve([])
    const history = createHistory({ read, readCloses: none, readTimedCloses: none }, now)
    const listings = await createSimulatedFeed({ ...options, tickMs: 1_000, now }).read()
    expect(listings.length).toBeGreaterThan(100)
    for (const listing of listings) {
      const day = await history.candles(listing.assetId, 'DAY')
      const { high, low } = extremes([listing.price!, ...day.flatMap((one) => [one.high, one.low])])
      expect([listing.assetId, await history.dayRange(listing)]).toEqual([
        listing.assetId,
        { high, low },
      ])
      // Up to five minutes of the 24 hours are outside the chart.
      const traded = day.reduce((sum, { volume }) => sum + volume, 0n)
      const volume = listing.figures.volume24h!
      expect(traded <= volume && traded * 100n > volume * 98n).toBe(true)
    }
  })

  it('are those of the last price alone when there are no candles, and none when that is older', async () => {
    const { now } = fakeClock()
    const none = () => Promise.resolve([])
    const history = createHistory({ read: none, readCloses: none, readTimedCloses: none }, now)
    const at = (ageMs: number) => new Date(now() - ageMs).toISOString()
    const known = { assetId: 'BTC', price: price('5') }
    expect(await history.dayRange({ ...known, quotedAt: at(dayMs) })).toEqual({
      high: price('5'),
      low: price('5'),
    })
    expect(await history.dayRange({ ...known, quotedAt: at(dayMs + 1) })).toBeUndefined()
  })
})

describe('the range of a recorded market', () => {
  const readAll = (text: string) => {
    const last_updated = new Date(inventory.clock.now()).toISOString()
    world.market.answer = () =>
      page(
        coin({
          current_price: text,
          last_updated,
          high_24h: 999999,
          low_24h: 1,
          sparkline_in_7d: { price: [64000, 61000, 66000, 65000] },
        }),
      )
  }

  it('agrees with the chart, whatever the feed says of its own range', async () => {
    readAll('65100')
    await inventory.startWithFeed()
    const [begun] = await readAssets(['BTC'])
    expectOneRange(begun!)
    expect([begun!.marketData.low24h, begun!.marketData.high24h]).toEqual(['61000', '66000'])
  })
})
