/** @jest-environment jsdom */
import '../testing/browser.ts'
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals'
import { ShellOrderEventsDocument } from '../generated/graphql.ts'
import { createFakeApi } from '../testing/fake-api.ts'
import { createFakeStreams, createFakeTabs } from '../testing/fake-streams.ts'
import { createPriceFeed } from './price-feed.ts'
import { createSession } from './session.ts'
import { createStreams, type StreamState } from './stream.ts'

let closers: (() => void)[] = []

beforeEach(() => {
  jest.useFakeTimers()
  localStorage.clear()
  closers = []
})
afterEach(() => {
  closers.forEach((close) => close())
  jest.useRealTimers()
})

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms)

/** The tabs of one browser. */
function openBrowser() {
  const streams = createFakeStreams()
  const tabs = createFakeTabs()
  const openTab = async (username = 'ada_lovelace') => {
    const session = createSession({
      fetch: createFakeApi({}, 600, username).fetch,
      now: () => Date.now(),
      storage: localStorage,
      tabStorage: sessionStorage,
    })
    await session.signIn(username, 'secret')
    return { session, open: createStreams({ ...tabs, session, fetch: streams.fetch }) }
  }
  const watchPrices = async (...ids: string[]) => {
    const { open } = await openTab()
    const feed = createPriceFeed(open)
    const close = feed.want(ids)
    closers.push(close)
    await pass(500)
    return { feed, close }
  }
  const watchOrders = async (username?: string) => {
    const { session, open } = await openTab(username)
    const seen: { orders: string; isFirst: boolean }[] = []
    const states: StreamState[] = []
    const close = open(
      { document: ShellOrderEventsDocument, isPersonal: true },
      {
        onEvent: (data, isFirst) => seen.push({ orders: ordersOf(data), isFirst }),
        onState: (state) => states.push(state),
      },
    )
    closers.push(close)
    await pass(0)
    return { session, seen, states, close }
  }
  return { streams, tabs, watchPrices, watchOrders }
}

type Orders = { orderEvents: { orders: { orderId: string }[] } }

const ordersOf = (data: object): string =>
  (data as Orders).orderEvents.orders.map(({ orderId }) => orderId).join()

const orders = (sequence: number, ...ids: string[]) => ({
  orderEvents: {
    sequence,
    isSnapshot: sequence === 1,
    orders: ids.map((orderId) => ({ orderId })),
  },
})

const ticks = (sequence: number, prices: Readonly<Record<string, string>>) => ({
  prices: {
    sequence,
    isSnapshot: sequence === 1,
    prices: Object.entries(prices).map(([assetId, price]) => ({
      ...{ assetId, price, quotedAt: `2026-11-21T12:00:0${sequence}.000Z` },
      ...{ changePercent24h: null, isActive: true, haltedSince: null, tradesMark: null },
    })),
  },
})

it('opens one stream for all visible tabs, of what each of them wants', async () => {
  const { streams, watchPrices } = openBrowser()
  const one = await watchPrices('BTC')
  streams.current('PriceTicks').send(ticks(1, { BTC: '64000' }))
  const other = await watchPrices('BTC', 'ETH')
  const { variables, send } = streams.current('PriceTicks')
  expect(variables).toEqual({ ids: ['BTC', 'ETH'] })
  send(ticks(1, { BTC: '64000', ETH: '3400' }))
  send(ticks(2, { BTC: '64001', ETH: '3401' }))
  await pass(0)
  expect(streams.opened.map((stream) => stream.isOpen())).toEqual([false, true])
  expect(other.feed.getState()).toBe('live')
  expect(other.feed.read('ETH')?.price).toBe('3401')
  expect(one.feed.read('BTC')?.price).toBe('64001')
  // What only the other one shows is not for this page.
  expect(one.feed.read('ETH')).toBeUndefined()
})

it('begins with every price that the other tab has heard, without another connection', async () => {
  const { streams, watchPrices } = openBrowser()
  await watchPrices('BTC', 'ETH')
  streams.current('PriceTicks').send(ticks(1, { BTC: '64000', ETH: '3400' }))
  streams.current('PriceTicks').send(ticks(2, { ETH: '3402' }))
  const { feed } = await watchPrices('ETH', 'BTC')
  expect([feed.read('BTC')?.price, feed.read('ETH')?.price]).toEqual(['64000', '3402'])
  expect(feed.getState()).toBe('live')
  expect(streams.opened).toHaveLength(1)
})

it('takes the stream over from a tab that is closed, and keeps what the others want', async () => {
  const { streams, watchPrices } = openBrowser()
  const first = await watchPrices('BTC')
  const second = await watchPrices('ETH')
  const third = await watchPrices('SOL')
  first.close()
  await pass(1_000)
  expect(streams.opened.filter((stream) => stream.isOpen())).toHaveLength(1)
  const { variables, send } = streams.current('PriceTicks')
  expect(variables).toEqual({ ids: ['ETH', 'SOL'] })
  send(ticks(1, { ETH: '3400', SOL: '150' }))
  await pass(0)
  expect(second.feed.read('ETH')?.price).toBe('3400')
  expect(third.feed.read('SOL')?.price).toBe('150')
})

it('tells the others that the connection is down, and live again with its snapshot', async () => {
  const { streams, watchOrders } = openBrowser()
  await watchOrders()
  streams.current('ShellOrderEvents').send(orders(1, 'o1'))
  const { seen, states } = await watchOrders()
  streams.current('ShellOrderEvents').cut()
  await pass(1_000)
  streams.current('ShellOrderEvents').send(orders(1, 'o1', 'o2'))
  await pass(0)
  expect(states).toEqual(['live', 'down', 'live'])
  expect(seen).toEqual([
    { orders: 'o1', isFirst: true },
    { orders: 'o1,o2', isFirst: false },
  ])
})

it('tells another user nothing', async () => {
  const { streams, watchOrders } = openBrowser()
  await watchOrders()
  streams.current('ShellOrderEvents').send(orders(1, 'o1'))
  const other = await watchOrders('grace_hopper')
  streams.current('ShellOrderEvents').send(orders(2, 'o2'))
  await pass(20_000)
  expect({ seen: other.seen, states: other.states }).toEqual({ seen: [], states: ['down'] })
})

it('tells nothing after a sign-out, in either tab', async () => {
  const { streams, tabs, watchOrders } = openBrowser()
  const one = await watchOrders()
  const other = await watchOrders()
  streams.current('ShellOrderEvents').send(orders(1, 'o1'))
  await pass(0)
  other.session.leave('signed-out')
  streams.current('ShellOrderEvents').send(orders(2, 'o2'))
  await pass(0)
  expect(other.seen).toEqual([{ orders: 'o1', isFirst: true }])
  one.session.leave('signed-out')
  const count = tabs.said.length
  streams.current('ShellOrderEvents').send(orders(3, 'o3'))
  await pass(0)
  expect(tabs.said).toHaveLength(count)
})

it('forgets tabs that no longer ask, and knows when the one with the stream no longer answers', async () => {
  const { streams, tabs, watchPrices } = openBrowser()
  const { feed } = await watchPrices('BTC')
  streams.current('PriceTicks').send(ticks(1, { BTC: '64000' }))
  const crashed = tabs.channel('cnop-stream:PriceTicks:')
  crashed.postMessage({ type: 'ask', from: 'crashed', ids: ['ETH'], isNew: true })
  await pass(500)
  expect(streams.current('PriceTicks').variables).toEqual({ ids: ['BTC', 'ETH'] })
  await pass(40_000)
  expect(streams.current('PriceTicks').variables).toEqual({ ids: ['BTC'] })
  expect(feed.read('BTC')?.price).toBe('64000')

  const alone = openBrowser()
  void alone.tabs.locks.request('cnop-stream:PriceTicks', {}, () => new Promise(() => undefined))
  const waiting = await alone.watchPrices('BTC')
  const leader = alone.tabs.channel('cnop-stream:PriceTicks:')
  leader.postMessage({ type: 'snapshot', ids: ['BTC'], data: ticks(1, { BTC: '64000' }) })
  await pass(20_000)
  expect(waiting.feed.getState()).toBe('live')
  await pass(10_000)
  expect(waiting.feed.getState()).toBe('down')
})

it('tells nobody where nobody asks', async () => {
  const { streams, tabs, watchPrices } = openBrowser()
  await watchPrices('BTC')
  const count = tabs.said.length
  streams.current('PriceTicks').send(ticks(1, { BTC: '64000' }))
  for (let tick = 2; tick < 50; tick += 1) {
    streams.current('PriceTicks').send(ticks(tick, { BTC: `${64_000 + tick}` }))
  }
  await pass(20_000)
  expect(tabs.said).toHaveLength(count)
})
