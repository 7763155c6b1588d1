/** @jest-environment jsdom */
import '../../testing/browser.ts'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { createFakeApi, type FakeAnswer, type FakeOperations } from '../../testing/fake-api.ts'
import { createFakeStreams } from '../../testing/fake-streams.ts'
import { Address, renderPage } from '../../testing/render-page.tsx'
import { MarketPage } from './MarketPage.tsx'

beforeEach(() => localStorage.clear())
afterEach(cleanup)

const quotedAt = '2026-11-21T12:00:00.000Z'

const asset = (id: string, name: string, price: string) => ({
  __typename: 'Asset',
  id,
  name,
  rank: 1,
  category: 'MAJOR',
  isActive: true,
  haltedSince: null,
  quote: { __typename: 'Quote', price, quotedAt },
  marketData: {
    __typename: 'MarketData',
    changePercent24h: 1,
    changePercent7d: 2,
    changePercent30d: null,
    marketCap: '1000000.00',
    volume24h: '5000.00',
  },
  sparkline: [],
})

const all = [asset('BTC', 'Bitcoin', '64000'), asset('ETH', 'Ethereum', '3400')]

const page = (nodes: readonly object[]): FakeAnswer => ({
  data: {
    assets: {
      __typename: 'AssetConnection',
      nodes,
      pageInfo: { __typename: 'PageInfo', hasNextPage: false, endCursor: null },
      totalCount: nodes.length,
    },
  },
})

const watcher = (ids: readonly string[]) => ({
  __typename: 'User',
  username: 'ada_lovelace',
  watchlist: ids.map((id) => ({ __typename: 'Asset', id })),
})

/** A fake market that stores the watchlist. */
function market(operations: FakeOperations = {}) {
  let watched: readonly string[] = []
  const change = (field: string, ids: readonly string[]): FakeAnswer => {
    watched = ids
    return { data: { [field]: { __typename: `${field}Payload`, user: watcher(watched) } } }
  }
  return createFakeApi({
    MarketAssets: ({ filter }) => {
      const { ids } = filter as { ids?: readonly string[] }
      return page(ids ? all.filter(({ id }) => ids.includes(id)) : all)
    },
    LivePrices: page(all),
    WatchlistIds: () => ({ data: { me: watcher(watched) } }),
    WatchlistAdd: ({ assetId }) => change('watchAsset', [...watched, assetId as string]),
    WatchlistRemove: ({ assetId }) =>
      change(
        'unwatchAsset',
        watched.filter((id) => id !== assetId),
      ),
    ...operations,
  })
}

const ticks = (
  sequence: number,
  prices: Readonly<Record<string, string>>,
  haltedSince: Readonly<Record<string, string>> = {},
  second = sequence,
) => ({
  prices: {
    __typename: 'PricesEvent',
    sequence,
    isSnapshot: sequence === 1,
    prices: Object.entries(prices).map(([assetId, price]) => ({
      __typename: 'StreamPrice',
      assetId,
      price,
      quotedAt: `2026-11-21T12:00:0${second}.000Z`,
      changePercent24h: -2.5,
      isActive: true,
      haltedSince: haltedSince[assetId] ?? null,
    })),
  },
})

const row = (name: RegExp) => within(screen.getByRole('row', { name }))

it('streams the prices of exactly the assets on the page, without polling', async () => {
  const api = market()
  const streams = createFakeStreams()
  await renderPage(<MarketPage />, api, { streams })
  await screen.findByText('Bitcoin')
  await waitFor(() =>
    expect(streams.current('PriceTicks').variables).toEqual({ ids: ['BTC', 'ETH'] }),
  )
  streams.current('PriceTicks').send(ticks(1, { BTC: '64000', ETH: '3400' }))
  await screen.findByText('Live prices')
  streams.current('PriceTicks').send(ticks(2, { BTC: '64100.5' }))
  const price = await row(/Bitcoin/).findByText('$64,100.50')
  expect(price.dataset['flash']).toBe('up')
  expect(row(/Bitcoin/).getByText('−2.50%')).toBeTruthy()
  expect(row(/Ethereum/).getByText('$3,400.00').dataset['flash']).toBeUndefined()
  expect(api.calls.filter(({ operation }) => operation === 'LivePrices')).toEqual([])
})

it('marks an asset as halted when the stream reports it', async () => {
  const streams = createFakeStreams()
  await renderPage(<MarketPage />, market(), { streams })
  await screen.findByText('Bitcoin')
  await waitFor(() => expect(streams.current('PriceTicks').variables).toBeTruthy())
  const halted = { BTC: '2026-11-21T12:00:02.000Z' }
  const { send } = streams.current('PriceTicks')
  send(ticks(1, { BTC: '64000', ETH: '3400' }))
  await screen.findByText('Live prices')
  send(ticks(2, { BTC: '64000' }, halted, 1))
  const badge = await row(/Bitcoin/).findByText('Halted')
  expect(badge.closest('[title]')?.getAttribute('title')).toMatch(/last accepted/)
  expect(row(/Bitcoin/).getByText('$64,000.00')).toBeTruthy()
  expect(row(/Ethereum/).queryByText('Halted')).toBeNull()
  send(ticks(3, { BTC: '64100' }))
  await waitFor(() => expect(screen.queryByText('Halted')).toBeNull())
})

it('polls without a stream, and states so', async () => {
  const api = market()
  const streams = createFakeStreams()
  streams.refuseAll(503)
  await renderPage(<MarketPage />, api, { streams })
  await screen.findByText('Prices every 3 s', {}, { timeout: 4_000 })
  expect(api.calls.some(({ operation }) => operation === 'LivePrices')).toBe(true)
})

it('shows prices as offline when neither a stream nor polling works', async () => {
  const streams = createFakeStreams()
  streams.refuseAll(503)
  await renderPage(<MarketPage />, market({ LivePrices: { code: 'SUBGRAPH_UNAVAILABLE' } }), {
    streams,
  })
  await screen.findByText('Prices offline', {}, { timeout: 4_000 })
})

it('adds starred assets to the watchlist, and removes them again', async () => {
  const user = userEvent.setup()
  await renderPage(<MarketPage />, market())
  await screen.findByText('Bitcoin')
  await user.click(screen.getByRole('radio', { name: 'Watchlist' }))
  await screen.findByText('You watch nothing yet')
  await user.click(screen.getByRole('button', { name: 'Show all assets' }))
  const star = await screen.findByRole('button', { name: 'Watch Ethereum' })
  expect(star.getAttribute('aria-pressed')).toBe('false')
  await user.click(star)
  await waitFor(() =>
    expect(
      screen.getByRole('button', { name: 'Watch Ethereum' }).getAttribute('aria-pressed'),
    ).toBe('true'),
  )

  await user.click(screen.getByRole('radio', { name: 'Watchlist' }))
  await waitFor(() => expect(screen.queryByText('Bitcoin')).toBeNull())
  await user.click(await screen.findByRole('button', { name: 'Watch Ethereum' }))
  await screen.findByText('You watch nothing yet')
})

it('shows why a star failed', async () => {
  const user = userEvent.setup()
  await renderPage(<MarketPage />, market({ WatchlistAdd: { code: 'LIMIT_REACHED' } }))
  await user.click(await screen.findByRole('button', { name: 'Watch Bitcoin' }))
  await screen.findByText(/as many of these as you can have/)
  expect(screen.getByRole('button', { name: 'Watch Bitcoin' }).getAttribute('aria-pressed')).toBe(
    'false',
  )
})

it('shows visitors prices, without stars or a watchlist', async () => {
  await renderPage(<MarketPage />, market(), { isSignedIn: false })
  await screen.findByText('Bitcoin')
  expect(screen.queryByRole('button', { name: /^Watch/ })).toBeNull()
  expect(screen.queryByRole('radio', { name: 'Watchlist' })).toBeNull()
})

it.each(['99', '-1', 'abc'])(
  'takes the page %s, which no cursor leads to, out of the address',
  async (page) => {
    await renderPage(
      <>
        <MarketPage />
        <Address />
      </>,
      market(),
      { at: `/market?page=${page}&sort=PRICE` },
    )
    await waitFor(() =>
      expect(screen.getByLabelText('Address').textContent).toBe('/market?sort=PRICE'),
    )
  },
)

it('keeps rows that are sorted by price in the order of their live prices, unless one is in use', async () => {
  const streams = createFakeStreams()
  const user = userEvent.setup()
  await renderPage(<MarketPage />, market(), { streams, at: '/market?sort=PRICE' })
  await screen.findByText('Bitcoin')
  const names = () =>
    screen.getAllByRole('link', { name: /Bitcoin|Ethereum/ }).map(({ textContent }) => textContent)
  const first = () => names()[0]
  await waitFor(() => expect(streams.current('PriceTicks').variables).toBeTruthy())
  const { send } = streams.current('PriceTicks')
  send(ticks(1, { BTC: '64000', ETH: '3400' }))
  await screen.findByText('Live prices')
  expect(first()).toMatch(/Bitcoin/)
  send(ticks(2, { BTC: '3000' }))
  await waitFor(() => expect(first()).toMatch(/Ethereum/))

  await user.hover(screen.getByText('Bitcoin'))
  send(ticks(3, { BTC: '65000' }))
  await row(/Bitcoin/).findByText('$65,000.00')
  expect(first()).toMatch(/Ethereum/)
  await user.unhover(screen.getByText('Bitcoin'))
  await waitFor(() => expect(first()).toMatch(/Bitcoin/))
})
