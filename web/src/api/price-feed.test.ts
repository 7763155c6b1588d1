import { afterEach, beforeEach, expect, it, jest } from '@jest/globals'
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
  const open: OpenStream = ({ variables }, sink) => {
    const stream: Opened = { ids: variables['ids'], isOpen: true, sink }
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
  expect(feed.read('BTC')).toEqual({ price: '64000', quotedAt: at(2), changePercent24h: null })
})
