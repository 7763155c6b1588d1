/** @jest-environment jsdom */
import '../../testing/browser.ts'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { formatDateTime } from '../../format/time.ts'
import { createFakeApi, type FakeAnswer, type FakeOperations } from '../../testing/fake-api.ts'
import { createFakeStreams } from '../../testing/fake-streams.ts'
import { Route, Routes } from 'react-router'
import { Address, renderPage } from '../../testing/render-page.tsx'
import { TradePage } from './TradePage.tsx'

beforeEach(() => {
  localStorage.clear()
  sessionStorage.clear()
})
afterEach(cleanup)

const asset = (id: string, price: string) => ({
  __typename: 'Asset',
  id,
  name: `Asset ${id}`,
  isActive: true,
  haltedSince: null,
  rank: 1,
  quote: { __typename: 'Quote', price, quotedAt: '2026-11-21T12:00:00.000Z' },
})

const noMore = { __typename: 'PageInfo', hasNextPage: false, endCursor: null }
const nothing = { __typename: 'OrderConnection', nodes: [], pageInfo: noMore }

const mine = (fields: object): FakeAnswer => ({
  data: {
    me: {
      __typename: 'User',
      username: 'ada_lovelace',
      portfolio: { __typename: 'Portfolio', username: 'ada_lovelace', ...fields },
    },
  },
})

const cash = { __typename: 'Cash', available: '10.00', held: '0.00', posted: '10.00' }

const marketData = {
  __typename: 'MarketData',
  ...{ change24h: null, changePercent24h: 2.5, changePercent7d: null, changePercent30d: null },
  ...{ high24h: '51000', low24h: '49000', marketCap: null, volume24h: '25000000000.00' },
  ...{ circulatingSupply: null, totalSupply: null, maxSupply: null },
  ...{ allTimeHigh: null, allTimeHighAt: null, allTimeHighChangePercent: null },
  ...{ allTimeLow: null, allTimeLowAt: null, allTimeLowChangePercent: null },
}

const platform = (
  fills: object = { ...nothing, __typename: 'ActivityConnection' },
  operations: FakeOperations = {},
) =>
  createFakeApi({
    AssetFacts: ({ id }) => ({
      data: {
        asset: {
          ...asset(String(id), id === 'BTC' ? '50000' : '3000'),
          ...{ bid: null, ask: null },
          ...{ category: 'MAJOR', description: null, marketData },
        },
      },
    }),
    ChartCandles: 'unreachable',
    TicketAssets: {
      data: {
        assets: {
          __typename: 'AssetConnection',
          nodes: [asset('BTC', '50000'), asset('ETH', '3000')],
        },
      },
    },
    TicketAsset: ({ id }) => ({
      data: { asset: asset(String(id), id === 'BTC' ? '50000' : '3000') },
    }),
    TicketBalances: mine({ cash, holding: null }),
    TradeOpenOrders: mine({ openOrders: nothing }),
    TradeFills: mine({ activity: fills }),
    ...operations,
  })

const page = (
  <>
    <Address />
    <Routes>
      <Route path="/trade/:id?" element={<TradePage />} />
    </Routes>
  </>
)

const address = () => screen.getByLabelText('Address').textContent

it('leads from an older link to the asset and the side that it names', async () => {
  const user = userEvent.setup()
  await renderPage(page, platform(), { at: '/trade?asset=eth&side=sell' })
  await user.type(await screen.findByLabelText('Quantity of ETH'), '1.5')
  expect(screen.getByRole('button', { name: 'Sell' }).getAttribute('aria-pressed')).toBe('true')
  expect(address()).toBe('/trade/eth?side=sell')
})

it('keeps the side that is chosen in the address, and so the draft over a reload', async () => {
  const user = userEvent.setup()
  const { unmount } = await renderPage(page, platform(), { at: '/trade/ETH?side=buy' })
  await screen.findByLabelText('Quantity of ETH')
  await user.click(screen.getByRole('button', { name: 'Sell' }))
  await user.click(screen.getByRole('radio', { name: 'Limit' }))
  await user.type(screen.getByLabelText('Quantity of ETH'), '1.5')
  const at = address()
  unmount()
  await renderPage(page, platform(), { at })
  expect(await screen.findByLabelText('Quantity of ETH')).toHaveProperty('value', '1.5')
  expect(screen.getByLabelText('Limit price')).toHaveProperty('value', '3000.00')
  expect(screen.getByRole('button', { name: 'Sell' }).getAttribute('aria-pressed')).toBe('true')
})

it('starts with the first asset of the market, then with the last one that was open', async () => {
  const user = userEvent.setup()
  const { unmount } = await renderPage(page, platform(), { at: '/trade' })
  await user.type(await screen.findByLabelText('Quantity of BTC'), '0.7')
  const choose = async (name: string) => {
    await user.click(screen.getByRole('combobox', { name: 'Asset' }))
    await user.click(await screen.findByText(name))
  }
  await choose('Asset ETH (ETH)')
  expect(await screen.findByLabelText('Quantity of ETH')).toHaveProperty('value', '')
  await choose('Asset BTC (BTC)')
  expect(await screen.findByLabelText('Quantity of BTC')).toHaveProperty('value', '0.7')
  await choose('Asset ETH (ETH)')
  await screen.findByLabelText('Quantity of ETH')
  unmount()
  await renderPage(page, platform(), { at: '/trade' })
  await screen.findByLabelText('Quantity of ETH')
  expect(address()).toBe('/trade/ETH')
})

it('shows the price, the day and the volume of the asset in view', async () => {
  await renderPage(page, platform(), { at: '/trade/BTC' })
  await screen.findByText('$50,000.00')
  expect(screen.getByText('24 h range').nextSibling?.textContent).toBe('$49,000.00 – $51,000.00')
  expect(screen.getByText('24 h volume').nextSibling?.textContent).toBe('$25.00B')
})

it('extends the range of the day by every tick, and reads range and volume again as the price moves', async () => {
  let isLater = false
  const later = { ...marketData, high24h: '53500', volume24h: '26000000000.00' }
  const api = platform(undefined, {
    MarketFigures: ({ id }) => ({
      data: {
        asset: { __typename: 'Asset', id, marketData: isLater ? later : marketData },
      },
    }),
  })
  const streams = createFakeStreams()
  await renderPage(page, api, { at: '/trade/BTC', streams })
  await screen.findByText('$25.00B')
  await waitFor(() => streams.current('PriceTicks'))
  const range = () => screen.getByText('24 h range').nextSibling?.textContent
  const tick = (sequence: number, price: string) =>
    streams.current('PriceTicks').send({
      prices: {
        ...{ __typename: 'PricesEvent', sequence, isSnapshot: sequence === 1 },
        prices: [
          {
            ...{ __typename: 'StreamPrice', assetId: 'BTC', price, isActive: true },
            ...{ haltedSince: null, changePercent24h: 1, tradesMark: null },
            quotedAt: `2026-11-21T12:00:0${sequence}.000Z`,
          },
        ],
      },
    })
  tick(1, '50000')
  tick(2, '52000')
  await waitFor(() => expect(range()).toBe('$49,000.00 – $52,000.00'))
  tick(3, '48000')
  tick(4, '50000')
  await waitFor(() => expect(range()).toBe('$48,000.00 – $52,000.00'))
  isLater = true
  tick(5, '50001')
  await screen.findByText('$26.00B', undefined, { timeout: 10_000 })
  expect(range()).toBe('$49,000.00 – $53,500.00')
})

it('lists the fills of the journal, with the time of the fill', async () => {
  const fill = (id: string, kind: string, quantityChange: string, createdAt: string) => ({
    __typename: 'Activity',
    ...{ id, kind, assetId: 'BTC', quantityChange, cashChange: '500.00', price: '50000' },
    ...{ orderId: `ord_${id}`, createdAt },
  })
  const filledAt = '2026-11-21T01:14:00.000Z'
  const nodes = [
    fill('2', 'SELL', '-0.1', filledAt),
    fill('1', 'BUY', '0.2', '2026-11-21T00:30:01.000Z'),
  ]
  const api = platform({ ...nothing, __typename: 'ActivityConnection', nodes })
  await renderPage(page, api, { at: '/trade/BTC' })
  await userEvent.click(await screen.findByRole('tab', { name: 'Fills' }))
  const table = within(await screen.findByRole('table', { name: 'Recent fills' }))
  const rows = table.getAllByRole('row').map(({ textContent }) => textContent)
  expect(rows[1]).toMatch(/^Sell 0\.1 BTC.*\$50,000\.00\$500\.00/)
  expect(rows[1]).toContain(formatDateTime(filledAt))
  expect(table.getByRole('link', { name: 'Buy 0.2 BTC' }).getAttribute('href')).toBe(
    '/orders/ord_1',
  )
})

it('lists the waiting alerts of all assets', async () => {
  const alert = (id: string, assetId: string, status: string) => ({
    __typename: 'PriceAlert',
    ...{ id, status, direction: 'ABOVE', price: '4000', firedAt: null, firedPrice: null },
    ...{
      changeBasisPoints: null,
      ...{ repeats: false, rearmPrice: null, isArmed: true, fireCount: 0 },
      expiresAt: null,
    },
    ...{ asset: { __typename: 'Asset', id: assetId }, createdAt: '2026-11-21T01:14:00.000Z' },
  })
  const priceAlerts = [alert('1', 'ETH', 'ACTIVE'), alert('2', 'SOL', 'FIRED')]
  const user = { __typename: 'User', username: 'ada_lovelace', priceAlerts }
  const api = platform(undefined, { AssetPriceAlerts: { data: { me: user } } })
  await renderPage(page, api, { at: '/trade/BTC' })
  await userEvent.click(await screen.findByRole('tab', { name: 'Alerts' }))
  const table = within(await screen.findByRole('table', { name: 'Price alerts' }))
  expect(table.getByRole('link', { name: 'ETH' }).getAttribute('href')).toBe('/trade/ETH')
  table.getByRole('button', { name: /^Cancel.*ETH Rises to \$4,000\.00$/ })
  expect(table.getAllByRole('row')).toHaveLength(2)
  screen.getByRole('form', { name: 'New price alert' })
})

it.each([
  ['nope', 'Nothing in the market is called NOPE.'],
  ['%00', 'No asset can have this name.'],
])('says that there is no asset %s, and lets another one be chosen', async (id, text) => {
  const unknown: FakeAnswer = { code: 'ASSET_NOT_FOUND' }
  const api = platform(undefined, { AssetFacts: unknown, TicketAsset: unknown })
  await renderPage(page, api, { at: `/trade/${id}` })
  // In place of the ticket and of the chart.
  await waitFor(() => expect(screen.getAllByText(text, { exact: false })).toHaveLength(2))
  screen.getByRole('combobox', { name: 'Asset' })
  expect(screen.queryByRole('button', { name: /Retry|Review/ })).toBeNull()
})
