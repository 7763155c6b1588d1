import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { startTestMarket, type TestMarket } from '../world/market.ts'
import { type Followed, followText, type StreamEvent } from '../world/stream.ts'
import type { Trader } from '../world/trader.ts'
import { newKey, startWorld, type World } from '../world/world.ts'

let market: TestMarket
let world: World
let trader: Trader
let ticks: Followed
let own: Followed

const priceStream = `subscription P { prices(ids: ["BTC", "ETH", "SOL"]) {
  sequence isSnapshot prices { assetId price isActive haltedSince } } }`
const orderStream = `subscription O { orderEvents { sequence isSnapshot orders { orderId status reason } } }`

beforeAll(async () => {
  market = await startTestMarket({ BTC: 50_000, ETH: 3_000, SOL: 150 })
  world = await startWorld(market.env)
  trader = await world.trader({ cash: '10000.00' })
  const { origin, token } = trader
  ticks = await followText(origin, priceStream)
  own = await followText(origin, orderStream, { token })
  await ticks.first(1)
  await own.first(1)
})
afterEach(async () => {
  market.setPrice('BTC', 50_000)
  const { length } = ticks.events
  if (isHalted(seenOf('BTC').at(-1)!)) await sees('BTC', isOpen, length)
})
afterAll(async () => {
  for (const stream of [ticks, own]) {
    stream.leave()
    await stream.ended()
  }
  await world.stop()
  await market.stop()
})

interface Price {
  readonly assetId: string
  readonly price: string
  readonly isActive: boolean
  readonly haltedSince: string | null
}

const pricesOf = (event: StreamEvent) => event['prices'] as readonly Price[]
const seenOf = (assetId: string) =>
  ticks.events.flatMap(pricesOf).filter((price) => price.assetId === assetId)

/** Waits for a matching price of an asset after the first `from` prices. */
async function sees(assetId: string, test: (price: Price) => boolean, from = 0): Promise<Price> {
  const isMeant = (price: Price) => price.assetId === assetId && test(price)
  return pricesOf(await ticks.until((event) => pricesOf(event).some(isMeant), from)).find(isMeant)!
}
const isHalted = ({ haltedSince }: Price): boolean => haltedSince !== null
const isOpen = ({ haltedSince }: Price): boolean => haltedSince === null

const place = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id status price } } }`

const order = (side: 'BUY' | 'SELL', assetId: string, quantity: string, limitPrice?: string) => ({
  ...(limitPrice === undefined ? { type: 'MARKET' } : { type: 'LIMIT', limitPrice }),
  ...{ side, assetId, quantity },
})

const places = (input: object) =>
  trader.ask<{ placeOrder: { order: { id: string; status: string } } }>(place, {
    input: { key: newKey(), ...input },
  })

async function waits(input: object): Promise<string> {
  const { data, codes } = await places(input)
  expect([codes, data?.placeOrder.order.status]).toEqual([[], 'PENDING'])
  return data!.placeOrder.order.id
}

const readOrder = async (id: string) =>
  (
    await trader.ask<{ order: unknown }>(
      'query ($id: ID!) { order(id: $id) { status reason price heldCash } }',
      { id },
    )
  ).data!.order

const waitsFor = (assetId: string, direction: string, price: string) =>
  trader.ask(
    `mutation ($input: CreatePriceAlertInput!) { createPriceAlert(input: $input) { alert { id } } }`,
    { input: { key: newKey(), assetId, direction, price } },
  )

async function look(assetId: string) {
  const query = `query ($id: ID!) {
    asset(id: $id) { isActive halted haltedSince delistedAt quote { price quotedAt }
      marketData { high24h low24h } candles(range: HOUR) { low high } }
    me { priceAlerts { asset { id } status } notifications { nodes { kind text } }
      portfolio { cash { available held } totalValue assetsValue holdings { assetId marketValue } } } }`
  return (await trader.ask<Looked>(query, { id: assetId })).data!
}

interface Looked {
  readonly asset: {
    readonly isActive: boolean
    readonly halted: boolean
    readonly haltedSince: string | null
    readonly delistedAt: string | null
    readonly quote: { readonly price: string; readonly quotedAt: string }
    readonly marketData: { readonly high24h: string; readonly low24h: string }
    readonly candles: readonly { readonly low: string; readonly high: string }[]
  }
  readonly me: {
    readonly priceAlerts: readonly {
      readonly asset: { readonly id: string }
      readonly status: string
    }[]
    readonly notifications: {
      readonly nodes: readonly { readonly kind: string; readonly text: string }[]
    }
    readonly portfolio: {
      readonly cash: { readonly available: string; readonly held: string }
      readonly totalValue: string
      readonly holdings: readonly { readonly assetId: string; readonly marketValue: string }[]
    }
  }
}

describe('one outlier between two valid prices', () => {
  it('fills, fires, values and streams nothing, and the asset resumes automatically', async () => {
    expect((await trader.buys('0.1', 'BTC')).codes).toEqual([])
    const greedy = await waits(order('BUY', 'BTC', '0.1', '10.00'))
    expect((await waitsFor('BTC', 'BELOW', '1')).codes).toEqual([])
    const from = ticks.events.length
    market.playPrices('BTC', [50_000, 0.5, 50_000])
    await sees('BTC', isHalted, from)
    const halting = ticks.events.findIndex((event) => pricesOf(event).some(isHalted))
    await sees('BTC', isOpen, halting + 1)

    expect((await places(order('BUY', 'BTC', '0.01'))).codes).toEqual([])
    expect(await readOrder(greedy)).toMatchObject({ status: 'PENDING' })
    const { asset, me } = await look('BTC')
    expect(asset).toMatchObject({ isActive: true, halted: false, haltedSince: null })
    expect(asset.marketData).toEqual({ high24h: '50000', low24h: '50000' })
    expect(me.priceAlerts).toMatchObject([{ status: 'ACTIVE' }])
    expect(me.notifications.nodes).toEqual([])
    expect(me.portfolio.totalValue).toBe('10000.00')
    expect(new Set(seenOf('BTC').map(({ price }) => price))).toEqual(new Set(['50000']))
  })
})

describe('an asset that is halted', () => {
  it('refuses trades, states the start of the halt, and keeps its value', async () => {
    const from = ticks.events.length
    market.alternate('BTC', [0.5, 50_000])
    const { haltedSince } = await sees('BTC', isHalted, from)
    for (const input of [order('BUY', 'BTC', '0.01'), order('SELL', 'BTC', '0.01', '60000')]) {
      const { codes, errors } = await places(input)
      expect([codes, errors[0]!.extensions.details]).toEqual([
        ['ASSET_HALTED'],
        { assetId: 'BTC', haltedSince },
      ])
    }
    const rest = await fetch(`${trader.origin}/api/v1/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${trader.token}` },
      body: JSON.stringify({ order_type: 'market_sell', asset_id: 'BTC', quantity: 0.01 }),
    })
    expect([rest.status, await rest.json()]).toMatchObject([422, { code: 'ASSET_HALTED' }])
    const { asset, me } = await look('BTC')
    expect(asset).toMatchObject({ isActive: true, halted: true, haltedSince })
    expect(asset.quote.price).toBe('50000')
    expect(me.portfolio.totalValue).toBe('10000.00')
    expect((await trader.sells('0.01', 'ETH')).codes).toEqual(['INSUFFICIENT_HOLDINGS'])
  })

  it('trades at a new level when two further readings agree on it', async () => {
    const sale = await waits(order('SELL', 'BTC', '0.01', '70000'))
    const from = ticks.events.length
    market.setPrice('BTC', 75_000)
    await sees('BTC', isHalted, from)
    await sees('BTC', (price) => price.price === '75000' && isOpen(price), from)
    await own.until((event) =>
      (event['orders'] as { orderId: string; status: string }[]).some(
        ({ orderId, status }) => orderId === sale && status === 'COMPLETED',
      ),
    )
    expect(await readOrder(sale)).toMatchObject({ status: 'COMPLETED', price: '75000' })
  })
})

describe('an asset that is delisted', () => {
  it('has its orders cancelled and its alerts ended with a reason, and stays in the portfolio', async () => {
    expect((await trader.buys('0.5', 'ETH')).codes).toEqual([])
    const before = (await look('ETH')).me.portfolio.cash
    const buy = await waits(order('BUY', 'ETH', '0.1', '2000'))
    const sale = await waits(order('SELL', 'ETH', '0.5', '4000'))
    expect((await waitsFor('ETH', 'ABOVE', '5000')).codes).toEqual([])
    const from = ticks.events.length
    market.remove('ETH')
    await sees('ETH', ({ isActive }) => !isActive, from)
    for (const id of [buy, sale]) {
      const ended = await own.until((event) =>
        (event['orders'] as { orderId: string; status: string }[]).some(
          ({ orderId, status }) => orderId === id && status === 'CANCELLED',
        ),
      )
      expect(ended).toMatchObject({ orders: [{ reason: 'ETH was delisted.' }] })
    }
    const notices = await follow()
    expect(notices).toContain('ETH was delisted. Your price alert at $5,000.00 or above has ended.')
    const { asset, me } = await look('ETH')
    expect(asset).toMatchObject({ isActive: false, halted: false, quote: { price: '3000' } })
    expect(asset.delistedAt).toMatch(/^20/)
    expect(me.portfolio.cash).toEqual(before)
    expect(me.portfolio.holdings).toContainEqual({ assetId: 'ETH', marketValue: '1500.00' })
    expect((await trader.sells('0.5', 'ETH')).codes).toEqual(['ASSET_NOT_TRADABLE'])
  })

  /** The notifications, as soon as one states that an alert has ended. */
  async function follow(): Promise<readonly string[]> {
    const stream = await followText(
      trader.origin,
      'subscription N { notifications { sequence isSnapshot notifications { kind text } } }',
      { token: trader.token },
    )
    const isEnd = ({ kind }: { kind: string }) => kind === 'PRICE_ALERT_ENDED'
    const event = await stream.until((one) =>
      (one['notifications'] as { kind: string }[]).some(isEnd),
    )
    stream.leave()
    await stream.ended()
    return (event['notifications'] as { text: string }[]).map(({ text }) => text)
  }
})
