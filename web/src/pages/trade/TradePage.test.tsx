/** @jest-environment jsdom */
import '../../testing/browser.ts'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { cleanup, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { formatDateTime } from '../../format/time.ts'
import { createFakeApi, type FakeAnswer } from '../../testing/fake-api.ts'
import { Address, renderPage } from '../../testing/render-page.tsx'
import { TradePage } from './TradePage.tsx'

beforeEach(() => sessionStorage.clear())
afterEach(cleanup)

const asset = (id: string, price: string) => ({
  __typename: 'Asset',
  id,
  name: `Asset ${id}`,
  image: null,
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

const platform = (fills: object = { ...nothing, __typename: 'ActivityConnection' }) =>
  createFakeApi({
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
  })

it('follows the asset and the side in the URL', async () => {
  const user = userEvent.setup()
  await renderPage(<TradePage />, platform(), { at: '/trade?asset=eth&side=sell' })
  await user.type(await screen.findByLabelText('Quantity of ETH'), '1.5')
  expect(screen.getByRole('button', { name: 'Sell' }).getAttribute('aria-pressed')).toBe('true')
})

it('keeps the side that is chosen in the address, and so the draft over a reload', async () => {
  const user = userEvent.setup()
  const page = (
    <>
      <Address />
      <TradePage />
    </>
  )
  const { unmount } = await renderPage(page, platform(), { at: '/trade?asset=ETH&side=buy' })
  await screen.findByLabelText('Quantity of ETH')
  await user.click(screen.getByRole('button', { name: 'Sell' }))
  await user.click(screen.getByRole('radio', { name: 'Limit' }))
  await user.type(screen.getByLabelText('Quantity of ETH'), '1.5')
  const at = screen.getByLabelText('Address').textContent
  unmount()
  await renderPage(page, platform(), { at })
  expect(await screen.findByLabelText('Quantity of ETH')).toHaveProperty('value', '1.5')
  expect(screen.getByLabelText('Limit price')).toHaveProperty('value', '3000.00')
  expect(screen.getByRole('button', { name: 'Sell' }).getAttribute('aria-pressed')).toBe('true')
})

it('starts with the first asset, and shows the price and ticket of the selected one', async () => {
  const user = userEvent.setup()
  await renderPage(<TradePage />, platform(), { at: '/trade' })
  await user.type(await screen.findByLabelText('Quantity of BTC'), '0.7')
  const choose = async (name: string) => {
    await user.click(screen.getByRole('combobox', { name: 'Asset' }))
    await user.click(await screen.findByText(name))
  }
  await choose('Asset ETH (ETH)')
  expect(await screen.findByLabelText('Quantity of ETH')).toHaveProperty('value', '')
  await choose('Asset BTC (BTC)')
  expect(await screen.findByLabelText('Quantity of BTC')).toHaveProperty('value', '0.7')
  expect(screen.getAllByText('$50,000.00')).toHaveLength(1)
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
  await renderPage(<TradePage />, api, { at: '/trade' })
  const table = within(await screen.findByRole('table', { name: 'Recent fills' }))
  const rows = table.getAllByRole('row').map(({ textContent }) => textContent)
  expect(rows[1]).toMatch(/^Sell 0\.1 BTC\$50,000\.00\$500\.00/)
  expect(rows[1]).toContain(formatDateTime(filledAt))
  expect(table.getByRole('link', { name: 'Buy 0.2 BTC' }).getAttribute('href')).toBe(
    '/orders/ord_1',
  )
})
