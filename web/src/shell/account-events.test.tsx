/** @jest-environment jsdom */
import '../testing/browser.ts'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { act, cleanup, screen, waitFor } from '@testing-library/react'
import { app, at, cash, openOrders, platform, waiting } from '../testing/account-app.tsx'
import { createFakeStreams } from '../testing/fake-streams.ts'
import { renderPage } from '../testing/render-page.tsx'
import { fillToast, notifyDone } from '../ui/notify.ts'

beforeEach(() => {
  localStorage.clear()
  sessionStorage.clear()
})
afterEach(cleanup)

const orderEvent = (sequence: number, order: object) => ({
  orderEvents: {
    __typename: 'OrderEvent',
    sequence,
    isSnapshot: sequence === 1,
    orders: [
      {
        __typename: 'StreamOrder',
        orderId: 'o1',
        status: 'COMPLETED',
        side: 'BUY',
        type: 'LIMIT',
        assetId: 'ETH',
        quantity: '1.50000000',
        filledQuantity: '1.50000000',
        price: '3390',
        total: '5085.00',
        reason: null,
        ...{ triggeredAt: null, takeProfitPrice: null, stopLossPrice: null, exitOrderId: null },
        ...order,
      },
    ],
  },
})

it('announces a filled limit order, and updates orders and cash', async () => {
  let isFilled = false
  const streams = createFakeStreams()
  const api = platform({
    ValuesPortfolio: () => cash(isFilled ? '15.00' : '100.00'),
    DashboardOpenOrders: () => openOrders(isFilled ? [] : [waiting]),
  })
  await renderPage(app, api, { ...at, streams })
  await screen.findByRole('table', { name: 'Open orders' })
  await waitFor(() => streams.current('ShellOrderEvents'))
  const stream = streams.current('ShellOrderEvents')
  stream.send(orderEvent(1, { status: 'PENDING', price: null, total: null }))
  isFilled = true
  stream.send(orderEvent(2, {}))
  await screen.findByText('Limit order filled')
  expect(screen.getByText('Bought 1.5 ETH at $3,390.00.')).toBeTruthy()
  await screen.findByText('No order is waiting')
  expect(await screen.findAllByText('$15.00')).not.toHaveLength(0)
})

it('announces an order once that filled when it was placed', async () => {
  const streams = createFakeStreams()
  await renderPage(app, platform(), { ...at, streams })
  await waitFor(() => streams.current('ShellOrderEvents'))
  const stream = streams.current('ShellOrderEvents')
  stream.send(orderEvent(1, { status: 'PENDING', price: null, total: null }))
  act(() => notifyDone('Bought 1.5 ETH', 'For $5,085.00.', fillToast(waiting.id)))
  stream.send(orderEvent(2, {}))
  stream.send(orderEvent(3, { orderId: 'o9', status: 'EXPIRED', price: null, total: null }))
  await screen.findByText('Limit order expired')
  expect(screen.getByText('Bought 1.5 ETH')).toBeTruthy()
  expect(screen.queryByText('Limit order filled')).toBeNull()
  // The reply may be later than the event.
  stream.send(orderEvent(4, { orderId: 'o8' }))
  await screen.findByText('Limit order filled')
  act(() => notifyDone('Bought 1.5 ETH', 'For $5,000.00.', fillToast('o8')))
  await screen.findByText('For $5,000.00.')
  expect(screen.queryByText('Limit order filled')).toBeNull()
})

it('keeps one toast of an order that fills in parts, with how much has filled by now', async () => {
  const streams = createFakeStreams()
  await renderPage(app, platform(), { ...at, streams })
  await waitFor(() => streams.current('ShellOrderEvents'))
  const stream = streams.current('ShellOrderEvents')
  stream.send(orderEvent(1, { status: 'PENDING', price: null, total: null }))
  const part = (filledQuantity: string) => ({ status: 'PARTIALLY_FILLED', filledQuantity })
  stream.send(orderEvent(2, part('0.4')))
  await screen.findByText('Bought 0.4 of 1.5 ETH at $3,390.00; the rest waits.')
  stream.send(orderEvent(3, part('0.9')))
  await screen.findByText('Bought 0.9 of 1.5 ETH at $3,390.00; the rest waits.')
  expect(screen.getAllByText('Limit order filled in part')).toHaveLength(1)
  stream.send(orderEvent(4, {}))
  await screen.findByText('Limit order filled')
  await waitFor(() => expect(screen.queryByText('Limit order filled in part')).toBeNull())
})

it('announces an expired limit order, but no market orders or snapshots', async () => {
  const streams = createFakeStreams()
  await renderPage(app, platform(), { ...at, streams })
  await waitFor(() => streams.current('ShellOrderEvents'))
  const stream = streams.current('ShellOrderEvents')
  stream.send(orderEvent(1, {}))
  stream.send(orderEvent(2, { type: 'MARKET' }))
  stream.send(orderEvent(3, { status: 'EXPIRED', price: null, total: null }))
  await screen.findByText('Limit order expired')
  expect(screen.queryByText('Limit order filled')).toBeNull()
})

it.each([
  ['limit', null],
  ['stop', '2026-11-21T12:00:00.000Z'],
])('says that a limit or stop order filled at its %s', async (part, triggeredAt) => {
  const streams = createFakeStreams()
  await renderPage(app, platform(), { ...at, streams })
  await waitFor(() => streams.current('ShellOrderEvents'))
  const stream = streams.current('ShellOrderEvents')
  stream.send(orderEvent(1, { status: 'PENDING', price: null, total: null }))
  stream.send(orderEvent(2, { orderId: `o-${part}`, type: 'OCO', side: 'SELL', triggeredAt }))
  await screen.findByText(`Limit or stop order filled at its ${part}`)
  await screen.findByText('Sold 1.5 ETH at $3,390.00.')
})

it.each([
  ['3600', '3200', 'Its take-profit at $3,600.00 and its stop-loss at $3,200.00 are now open.'],
  ['3600', null, 'Its take-profit at $3,600.00 is now open.'],
  [null, '3200', 'Its stop-loss at $3,200.00 is now open.'],
])(
  'says which exits a fill has opened, %s and %s',
  async (takeProfitPrice, stopLossPrice, words) => {
    const streams = createFakeStreams()
    await renderPage(app, platform(), { ...at, streams })
    await waitFor(() => streams.current('ShellOrderEvents'))
    const stream = streams.current('ShellOrderEvents')
    const exits = { takeProfitPrice, stopLossPrice }
    stream.send(orderEvent(1, { ...exits, status: 'PENDING', price: null, total: null }))
    stream.send(orderEvent(2, { ...exits, exitOrderId: 'o2' }))
    await screen.findByText(`Bought 1.5 ETH at $3,390.00. ${words}`)
  },
)

it('hides the amount in hide-amounts mode', async () => {
  localStorage.setItem('cnop-hide-amounts', 'true')
  const streams = createFakeStreams()
  await renderPage(app, platform(), { ...at, streams })
  await waitFor(() => streams.current('ShellOrderEvents'))
  streams.current('ShellOrderEvents').send(orderEvent(1, { status: 'PENDING' }))
  streams.current('ShellOrderEvents').send(orderEvent(2, {}))
  expect(await screen.findByText('Bought ETH at $3,390.00.')).toBeTruthy()
})

it('shows cash that another session moved', async () => {
  let available = '100.00'
  const streams = createFakeStreams()
  const api = platform({ ValuesPortfolio: () => cash(available) })
  await renderPage(app, api, { ...at, streams })
  await screen.findAllByText('$100.00')
  await waitFor(() => streams.current('ShellBalance'))
  const balance = (sequence: number) => ({
    balanceChanged: {
      __typename: 'BalanceEvent',
      sequence,
      isSnapshot: sequence === 1,
      cash: { __typename: 'StreamCash', available, held: '0.00', posted: available },
    },
  })
  streams.current('ShellBalance').send(balance(1))
  available = '350.00'
  streams.current('ShellBalance').send(balance(2))
  expect(await screen.findAllByText('$350.00')).not.toHaveLength(0)
})

it('says that there are more open orders than the list shows, and leads to them', async () => {
  let hasMore = true
  const api = platform({ DashboardOpenOrders: () => openOrders([waiting], hasMore) })
  await renderPage(app, api, at)
  const link = await screen.findByRole('link', { name: 'See all open orders' })
  expect(link.getAttribute('href')).toBe('/orders?status=PENDING')
  hasMore = false
  cleanup()
  await renderPage(app, api, at)
  await screen.findByRole('table', { name: 'Open orders' })
  expect(screen.queryByRole('link', { name: 'See all open orders' })).toBeNull()
})
