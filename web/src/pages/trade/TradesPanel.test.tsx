/** @jest-environment jsdom */
import '../../testing/browser.ts'
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals'
import { cleanup, screen } from '@testing-library/react'
import { useLivePrices } from '../../api/live-prices.ts'
import { createFakeApi, type FakeAnswer } from '../../testing/fake-api.ts'
import { createFakeStreams } from '../../testing/fake-streams.ts'
import { renderPage } from '../../testing/render-page.tsx'
import { TradesPanel } from './TradesPanel.tsx'

// The intervals of polling never end here, so that only the live feed makes the page read again.
beforeEach(() => {
  const others = ['setTimeout', 'clearTimeout', 'Date', 'queueMicrotask', 'nextTick'] as const
  const more = ['performance', 'setImmediate', 'clearImmediate', 'requestAnimationFrame'] as const
  jest.useFakeTimers({ doNotFake: [...others, ...more] })
})
afterEach(() => {
  cleanup()
  jest.useRealTimers()
})

const trade = (quantity: string) => ({
  __typename: 'Trade',
  ...{ price: '3500', quantity, side: 'BUY', executedAt: '2026-11-21T12:00:00.000Z' },
})

const answer = (recentTrades: readonly object[] | null): FakeAnswer => ({
  data: { asset: { __typename: 'Asset', id: 'ETH', recentTrades } },
})

function Page() {
  useLivePrices(['ETH'])
  return <TradesPanel assetId="ETH" />
}

const event = (sequence: number, tradesMark: string | null) => ({
  prices: {
    ...{ sequence, isSnapshot: sequence === 1 },
    prices: [
      {
        ...{ assetId: 'ETH', price: '3500', quotedAt: '2026-11-21T12:00:00.000Z', tradesMark },
        ...{ changePercent24h: null, isActive: true, haltedSince: null },
      },
    ],
  },
})

it('reads again as soon as the stream says that there is a new trade, and not for other events', async () => {
  let reads = 0
  const lists = [[], [trade('0.5')], [trade('0.25'), trade('0.5')]]
  const api = createFakeApi({ TradeRecentTrades: () => answer(lists[(reads += 1) - 1] ?? []) })
  const streams = createFakeStreams()
  await renderPage(<Page />, api, { streams })
  await screen.findByText('Nobody has traded ETH recently.')
  // The library looks at an interval, which never ends here.
  while (streams.opened.length === 0) await new Promise((resolve) => setTimeout(resolve, 0))
  const stream = streams.current('PriceTicks')
  stream.send(event(1, null))
  stream.send(event(2, 'first'))
  await screen.findByText('0.5')
  stream.send(event(3, 'first'))
  stream.send(event(4, 'second'))
  await screen.findByText('0.25')
  expect(reads).toBe(3)
})

it('says that nothing can be shown while the trades are not known', async () => {
  await renderPage(<Page />, createFakeApi({ TradeRecentTrades: answer(null) }))
  await screen.findByText('There is nothing to show at the moment.')
})
