import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { type Answer, codeOf, type Inventory, openWorld, type World } from './testing/inventory.ts'
import { coin } from './testing/market-data-server.ts'

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

describe('one asset', () => {
  it.each(['btc', 'BTC', 'Btc'])('is found as %s', async (id) => {
    await inventory.startWithCoins(coin())
    const query = `query ($id: ID!) { asset(id: $id) {
      id name description category image rank isActive quote { price quotedAt }
      marketData { high24h low24h change24h changePercent24h changePercent7d changePercent30d marketCap
        marketCapChangePercent24h volume24h circulatingSupply maxSupply
        allTimeHigh allTimeHighChangePercent allTimeHighAt } } }`
    expect(await inventory.ask(query, { id })).toEqual({
      data: {
        asset: {
          id: 'BTC',
          name: 'Bitcoin',
          description: 'Bitcoin is traded under the ticker BTC.',
          category: 'MAJOR',
          image: '/assets/BTC.svg',
          rank: 1,
          isActive: true,
          quote: { price: '70187', quotedAt: '2026-01-05T09:59:31.736Z' },
          marketData: {
            // The feed's own range is not asked: the chart of the day shows the same.
            high24h: '70187',
            low24h: '57812.96915967891',
            change24h: '2126.88',
            changePercent24h: 3.125,
            changePercent7d: 12.5,
            changePercent30d: -20,
            marketCap: '1381651251183.00',
            marketCapChangePercent24h: 3.3116,
            volume24h: '20154184933.00',
            circulatingSupply: '19675987',
            maxSupply: '21000000',
            allTimeHigh: '73738',
            allTimeHighChangePercent: -4.8157,
            allTimeHighAt: '2024-03-14T07:10:36.635Z',
          },
        },
      },
    })
  })

  it('that is unknown is not found', async () => {
    await inventory.start()
    expect(codeOf(await inventory.ask('{ asset(id: "NOPE") { id } }'))).toBe('ASSET_NOT_FOUND')
  })

  it.each(['', 'ABCDEFGHIJK', 'B-T', '../BTC', 'BTC '])('with the id %j is refused', async (id) => {
    await inventory.start()
    const query = 'query ($id: ID!) { asset(id: $id) { id } }'
    expect(codeOf(await inventory.ask(query, { id }))).toBe('BAD_USER_INPUT')
  })

  it('without a price has no quote and cannot be traded', async () => {
    await inventory.startWithCoins(coin(), coin({ id: 'dead', symbol: 'dead', current_price: 0 }))
    const { data } = await inventory.ask('{ asset(id: "dead") { isActive quote { price } } }')
    expect(data).toEqual({ asset: { isActive: false, quote: null } })
  })
})

describe('a feed whose columns are absent everywhere', () => {
  it('leaves the market open and every asset in it', async () => {
    await inventory.startWithCoins(
      ...['btc', 'eth', 'sol'].map((symbol) => ({ id: symbol, symbol, current_price: '7' })),
    )
    const query = '{ market { isOpen } assets { totalCount nodes { isActive halted delistedAt } } }'
    const node = { isActive: true, halted: false, delistedAt: null }
    expect((await inventory.ask(query)).data).toEqual({
      market: { isOpen: true },
      assets: { totalCount: 3, nodes: [node, node, node] },
    })
  })
})

describe('many assets', () => {
  const query = `query ($filter: AssetFilter, $sort: AssetSort, $first: Int, $after: String) {
    assets(filter: $filter, sort: $sort, first: $first, after: $after) {
      nodes { id isActive } pageInfo { hasNextPage endCursor } totalCount } }`
  const tickersOf = ({ data }: Answer) =>
    (data as unknown as { assets: { nodes: { id: string }[] } }).assets.nodes.map(({ id }) => id)

  it('come fifty at a time by rank', async () => {
    await inventory.start()
    const answer = await inventory.ask('{ assets { nodes { id rank } totalCount } }')
    const { nodes, totalCount } = answer.data!['assets'] as unknown as {
      nodes: { rank: number }[]
      totalCount: number
    }
    expect(nodes.map(({ rank }) => rank)).toEqual(
      Array.from({ length: 50 }, (_, place) => place + 1),
    )
    expect(totalCount).toBeGreaterThanOrEqual(100)
  })

  it('leave inactive ones out unless they are asked for', async () => {
    await inventory.startWithCoins(
      coin(),
      coin({ id: 'dead', symbol: 'dead', market_cap_rank: 2, current_price: null }),
    )
    expect(tickersOf(await inventory.ask(query))).toEqual(['BTC'])
    expect(tickersOf(await inventory.ask(query, { filter: { activeOnly: false } }))).toEqual([
      'BTC',
      'DEAD',
    ])
  })

  it('are found by name, group and ticker in any case', async () => {
    await inventory.start()
    expect(tickersOf(await inventory.ask(query, { filter: { search: ' BITCOIN ' } }))).toEqual([
      'BTC',
      'BCH',
    ])
    expect(tickersOf(await inventory.ask(query, { filter: { ids: ['sol', 'ETH'] } }))).toEqual([
      'ETH',
      'SOL',
    ])
    const stable = tickersOf(await inventory.ask(query, { filter: { category: 'STABLECOIN' } }))
    expect(stable).toContain('USDC')
    expect(stable).not.toContain('BTC')
  })

  it.each([
    { first: 0 },
    { first: 251 },
    { after: 'nonsense' },
    { filter: { search: 'x'.repeat(51) } },
    { filter: { ids: ['not a ticker'] } },
    { filter: { ids: Array(251).fill('BTC') } },
  ])('are refused for %j', async (variables) => {
    await inventory.start()
    expect(codeOf(await inventory.ask(query, variables))).toBe('BAD_USER_INPUT')
  })
})

describe('the past of an asset', () => {
  it.each([
    ['HOUR', 60, 60_000],
    ['DAY', 288, 300_000],
    ['WEEK', 168, 3_600_000],
    ['MONTH', 180, 14_400_000],
    ['YEAR', 365, 86_400_000],
  ])('of a %s is %s candles', async (range, count, lengthMs) => {
    inventory.clock.advance(7_777_777)
    await inventory.start()
    const query = `query ($range: CandleRange!) { asset(id: "ETH") {
      candles(range: $range) { startsAt open high low close volume } } }`
    const { data } = await inventory.ask(query, { range })
    const { candles } = data!['asset'] as unknown as { candles: { startsAt: string }[] }
    expect(candles).toHaveLength(count)
    const last = Date.parse(candles.at(-1)!.startsAt)
    expect(inventory.clock.now() - last).toBeLessThan(lengthMs)
    expect(last - Date.parse(candles[0]!.startsAt)).toBe((count - 1) * lengthMs)
  })

  it('of seven days is a sparkline of 168 prices', async () => {
    await inventory.start()
    const { data } = await inventory.ask(
      '{ asset(id: "ETH") { sparkline candles(range: WEEK) { close } } }',
    )
    const { sparkline, candles } = data!['asset'] as unknown as {
      sparkline: string[]
      candles: { close: string }[]
    }
    expect(sparkline).toHaveLength(168)
    expect(sparkline.at(-1)).toBe(candles.at(-1)!.close)
  })

  it('comes from the feed where nothing was recorded yet', async () => {
    const prices = Array.from({ length: 168 }, (_, place) => 60_000 + place)
    await inventory.startWithCoins(coin({ sparkline_in_7d: { price: prices } }))
    const { data } = await inventory.ask('{ asset(id: "BTC") { sparkline } }')
    const { sparkline } = data!['asset'] as unknown as { sparkline: string[] }
    expect(sparkline).toEqual(prices.slice(1).map(String))
  })
})

describe('the market', () => {
  const query = '{ market { feed isOpen tickedAt } }'

  it('is open while its feed ticks', async () => {
    const subgraph = await inventory.start()
    const tickedAt = new Date(inventory.clock.now()).toISOString()
    expect((await inventory.ask(query)).data).toEqual({
      market: { feed: 'simulated', isOpen: true, tickedAt },
    })
    expect(await subgraph.health()).toEqual({ store: 'ok' })
  })

  it('ticks before it answers a request that finds it at rest', async () => {
    await inventory.start()
    inventory.clock.advance(20_000)
    const quotedAt = new Date(inventory.clock.now()).toISOString()
    const { data } = await inventory.ask(
      '{ market { isOpen tickedAt } asset(id: "BTC") { quote { quotedAt } } }',
    )
    expect(data).toEqual({
      market: { isOpen: true, tickedAt: quotedAt },
      asset: { quote: { quotedAt } },
    })
  })

  it('is halted when its feed is silent for too long', async () => {
    const subgraph = await inventory.startWithCoins(coin())
    world.market.answer = () => ({ status: 500 })
    const tickedAt = new Date(inventory.clock.now()).toISOString()
    inventory.clock.advance(300_000)
    expect((await inventory.ask(query)).data).toMatchObject({ market: { isOpen: true } })
    inventory.clock.advance(1)
    expect((await inventory.ask(query)).data).toEqual({
      market: { feed: 'coingecko', isOpen: false, tickedAt },
    })
    expect(await subgraph.health()).toEqual({ store: 'ok' })
  })

  it('starts without a feed, halted and empty', async () => {
    world.market.answer = () => ({ status: 503 })
    await inventory.startWithFeed()
    const { data } = await inventory.ask('{ market { isOpen tickedAt } assets { totalCount } }')
    expect(data).toEqual({ market: { isOpen: false, tickedAt: null }, assets: { totalCount: 0 } })
  })

  it('starts with the last prices when its feed is away', async () => {
    await inventory.startWithCoins(coin())
    await inventory.stop()
    world.market.answer = () => ({ status: 503 })
    await inventory.startWithFeed()
    const { data } = await inventory.ask('{ asset(id: "BTC") { quote { price } } }')
    expect(data).toEqual({ asset: { quote: { price: '70187' } } })
  })
})
