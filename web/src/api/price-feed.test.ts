import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { createPriceFeed } from './price-feed.ts'
import type { OpenStream } from './stream.ts'

beforeEach(() => {
  jest.useFakeTimers()
})
afterEach(() => {
  jest.useRealTimers()
})

type Opened = { ids: unknown; isOpen: boolean; sink: Parameters<OpenStream>[1] }

function start() {
  const opened: Opened[] = []
  const open: OpenStream = ({ ids }, sink) => {
    const stream: Opened = { ids, isOpen: true, sink }
    opened.push(stream)
    return () => (stream.isOpen = false)
  }
  const feed = createPriceFeed(open)
  return { feed, opened, settle: () => jest.advanceTimersByTime(1_000) }
}

const tick = (assetId: string, price: string, second: number) => ({
  prices: { prices: [{ assetId, price, quotedAt: at(second), changePercent24h: null }] },
})

const at = (second: number): string => `2026-11-21T12:00:0${second}.000Z`

it('opens one stream for all assets of the page, without duplicates', () => {
  const { feed, opened, settle } = start()
  feed.want(['ETH', 'BTC'])
  feed.want(['BTC', 'SOL'])
  settle()
  expect(opened.map(({ ids }) => ids)).toEqual([['BTC', 'ETH', 'SOL']])
})

it('opens a new stream only for other assets, and none without assets', () => {
  const { feed, opened, settle } = start()
  const leave = feed.want(['BTC'])
  settle()
  const leaveToo = feed.want(['BTC'])
  leave()
  settle()
  expect(opened).toHaveLength(1)
  feed.want(['ETH'])()
  settle()
  expect(opened).toHaveLength(1)
  leaveToo()
  settle()
  expect(opened.map(({ isOpen }) => isOpen)).toEqual([false])
})

it('takes up what the parts of a page want one by one in one new stream, and another page at once', () => {
  const { feed, opened, settle } = start()
  const leave = feed.want(['BTC'])
  settle()
  const leaveToo = feed.want(['ETH'])
  jest.advanceTimersByTime(500)
  feed.want(['SOL'])
  jest.advanceTimersByTime(400)
  expect(opened).toHaveLength(1)
  settle()
  leave()
  leaveToo()
  feed.want(['ADA'])
  jest.advanceTimersByTime(100)
  expect(opened.map(({ ids, isOpen }) => [ids, isOpen])).toEqual([
    [['BTC'], false],
    [['BTC', 'ETH', 'SOL'], false],
    [['ADA', 'SOL'], true],
  ])
})

it('notifies only the cells that show the asset', () => {
  const { feed, opened, settle } = start()
  const notified: string[] = []
  feed.want(['BTC', 'ETH'])
  feed.subscribe('BTC', () => notified.push('BTC'))
  const leave = feed.subscribe('ETH', () => notified.push('ETH'))
  settle()
  opened[0]?.sink.onEvent(tick('BTC', '64000', 1), true)
  expect(notified).toEqual(['BTC'])
  leave()
  opened[0]?.sink.onEvent(tick('ETH', '3400', 1), false)
  expect(notified).toEqual(['BTC'])
})

it('ignores older prices', () => {
  const { feed, opened, settle } = start()
  feed.want(['BTC'])
  settle()
  opened[0]?.sink.onEvent(tick('BTC', '64000', 2), true)
  opened[0]?.sink.onEvent(tick('BTC', '63000', 1), false)
  expect(feed.read('BTC')).toMatchObject({
    price: '64000',
    quotedAt: at(2),
    changePercent24h: null,
  })
})

describe('the pulse of the market', () => {
  const event = (
    second: number,
    isSnapshot = false,
    haltedSince: string | null = null,
    tradesMark: string | null = null,
  ) => {
    const live = { assetId: 'BTC', price: '64000', quotedAt: at(second), changePercent24h: null }
    return {
      prices: { isSnapshot, prices: [{ ...live, isActive: true, haltedSince, tradesMark }] },
    }
  }

  /** Receives a snapshot, and then ticks at this interval. */
  function follow(everyMs: number, haltedSince: string | null = null) {
    const { feed, opened, settle } = start()
    feed.want(['BTC'])
    settle()
    const { sink } = opened[0]!
    sink.onState?.('live')
    sink.onEvent(event(0, true, haltedSince), true)
    for (const second of [1, 2, 3]) {
      jest.advanceTimersByTime(everyMs)
      sink.onEvent(event(second, false, haltedSince), false)
    }
    return { feed, sink }
  }

  it('is delayed when ticks are missed, states since when, and is live again with the next one', () => {
    const { feed, sink } = follow(1_000)
    jest.advanceTimersByTime(4_900)
    expect(feed.getState()).toBe('live')
    jest.advanceTimersByTime(100)
    expect(feed.getState()).toBe('delayed')
    expect(Date.now() - feed.heardAtMs()).toBe(5_000)
    sink.onEvent(event(4), false)
    expect(feed.getState()).toBe('live')
  })

  it('waits longer for a market that ticks less often', () => {
    const { feed } = follow(60_000)
    jest.advanceTimersByTime(179_000)
    expect(feed.getState()).toBe('live')
    jest.advanceTimersByTime(1_000)
    expect(feed.getState()).toBe('delayed')
  })

  it('is not that of the trades, which reach the cells all the same', () => {
    const { feed, sink } = follow(60_000)
    for (const mark of ['a', 'b', 'c', 'd', 'e']) {
      jest.advanceTimersByTime(1_000)
      sink.onEvent(event(3, false, null, mark), false)
      expect(feed.read('BTC')?.tradesMark).toBe(mark)
    }
    jest.advanceTimersByTime(60_000)
    expect(feed.getState()).toBe('live')
  })

  it('expects no ticks of halted assets', () => {
    const { feed } = follow(1_000, at(0))
    jest.advanceTimersByTime(60_000)
    expect(feed.getState()).toBe('live')
  })
})
