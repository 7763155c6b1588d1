/** @jest-environment jsdom */
import '../testing/browser.ts'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { act, cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { Route, Routes } from 'react-router'
import { CashPanel } from '../pages/dashboard/BalancePanels.tsx'
import { OpenOrdersPanel } from '../pages/dashboard/MovementPanels.tsx'
import { createFakeApi, type FakeAnswer, type FakeOperations } from '../testing/fake-api.ts'
import { createFakeStreams } from '../testing/fake-streams.ts'
import { renderPage } from '../testing/render-page.tsx'
import { ValuesProvider } from '../values/ValuesProvider.tsx'
import { fillToast, notifyDone } from '../ui/notify.ts'
import { AppFrame } from './AppFrame.tsx'

beforeEach(() => {
  localStorage.clear()
  sessionStorage.clear()
})
afterEach(cleanup)

const app = (
  <Routes>
    <Route element={<AppFrame />}>
      <Route
        path="/dashboard"
        element={
          <ValuesProvider>
            <CashPanel />
            <OpenOrdersPanel />
          </ValuesProvider>
        }
      />
      <Route path="/market/:id" element={<h1>An asset</h1>} />
    </Route>
  </Routes>
)

const me = (fields: object): FakeAnswer => ({
  data: { me: { __typename: 'User', username: 'ada_lovelace', ...fields } },
})

const noMore = { __typename: 'PageInfo', hasNextPage: false, endCursor: null }

const page = (type: string, nodes: readonly object[]) => ({
  __typename: type,
  nodes,
  pageInfo: noMore,
})

const portfolio = (fields: object) =>
  me({ portfolio: { __typename: 'Portfolio', username: 'ada_lovelace', ...fields } })

const cash = (available: string) =>
  portfolio({
    cash: { __typename: 'Cash', available, held: '0.00', posted: available },
    dayChange: null,
    dayChangeExcludes: [],
    holdings: [],
  })

const alert = (id: string, text: string, createdAt: string) => ({
  __typename: 'Notification',
  id,
  kind: 'PRICE_ALERT',
  text,
  createdAt,
  alert: { __typename: 'PriceAlert', id: `a${id}`, asset: { __typename: 'Asset', id: 'BTC' } },
})

const fill = (id: string, updatedAt: string) => ({
  __typename: 'Order',
  id,
  side: 'BUY',
  assetId: 'ETH',
  quantity: '1.50000000',
  price: '3400',
  updatedAt,
})

const waiting = {
  __typename: 'Order',
  id: 'o1',
  assetId: 'ETH',
  side: 'BUY',
  type: 'LIMIT',
  status: 'PENDING',
  quantity: '1.50000000',
  limitPrice: '3400',
  heldCash: '5100.00',
  expiresAt: null,
  createdAt: '2026-11-21T08:00:00.000Z',
}

const openOrders = (nodes: readonly object[]) =>
  portfolio({ openOrders: page('OrderConnection', nodes) })

const platform = (operations: FakeOperations = {}) =>
  createFakeApi({
    ValuesPortfolio: cash('100.00'),
    DashboardOpenOrders: openOrders([waiting]),
    ShellNotifications: me({
      notificationsSeenAt: null,
      notifications: page('NotificationConnection', []),
    }),
    ShellFills: me({ orders: page('OrderConnection', []) }),
    ...operations,
  })

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
        price: '3390',
        total: '5085.00',
        reason: null,
        ...order,
      },
    ],
  },
})

const at = { at: '/dashboard' }

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

it('counts unread items, lists them with fills, newest first, and marks them as read when opened', async () => {
  let seenAt: string | null = '2026-11-21T09:00:00.000Z'
  const api = platform({
    ShellNotifications: () =>
      me({
        notificationsSeenAt: seenAt,
        notifications: page('NotificationConnection', [
          alert('n2', 'BTC rose to $70,000.00.', '2026-11-21T11:00:00.000Z'),
          alert('n1', 'BTC fell to $60,000.00.', '2026-11-21T08:00:00.000Z'),
        ]),
      }),
    ShellFills: me({ orders: page('OrderConnection', [fill('o9', '2026-11-21T10:00:00.000Z')]) }),
    ShellMarkSeen: ({ until }) => {
      seenAt = until as string
      const user = {
        __typename: 'User',
        username: 'ada_lovelace',
        notificationsSeenAt: seenAt,
      }
      return {
        data: { markNotificationsSeen: { __typename: 'MarkNotificationsSeenPayload', user } },
      }
    },
  })
  await renderPage(app, api, at)
  const user = userEvent.setup()
  await user.click(await screen.findByRole('button', { name: 'Notifications, 2 unread' }))
  const list = within(await screen.findByRole('dialog', { name: 'Notifications' }))
  const lines = (await list.findAllByRole('listitem')).map(({ textContent }) => textContent)
  expect(lines.map((line) => line.split('.')[0])).toEqual([
    'New: BTC rose to $70,000',
    'New: Your limit order bought 1',
    'BTC fell to $60,000',
  ])
  expect(seenAt).toBe('2026-11-21T11:00:00.000Z')
  await screen.findByRole('button', { name: 'Notifications' })

  await user.keyboard('{Escape}')
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Notifications' }))
})

it('announces a new alert on every page, with a link to its asset', async () => {
  let nodes: readonly object[] = []
  const streams = createFakeStreams()
  const api = platform({
    ShellNotifications: () =>
      me({ notificationsSeenAt: null, notifications: page('NotificationConnection', nodes) }),
  })
  await renderPage(app, api, { ...at, streams })
  const user = userEvent.setup()
  await user.click(await screen.findByRole('button', { name: 'Notifications' }))
  await screen.findByText('No notifications yet')
  await user.keyboard('{Escape}')

  await waitFor(() => streams.current('ShellNotificationEvents'))
  const event = (sequence: number, notifications: readonly object[]) => ({
    notifications: {
      __typename: 'NotificationEvent',
      sequence,
      isSnapshot: sequence === 1,
      notifications,
    },
  })
  const text = 'BTC rose to $70,000.00.'
  streams.current('ShellNotificationEvents').send(event(1, []))
  nodes = [alert('n1', text, '2026-11-21T11:00:00.000Z')]
  streams
    .current('ShellNotificationEvents')
    .send(event(2, [{ __typename: 'StreamNotification', id: 'n1', text, assetId: 'BTC' }]))
  await screen.findByText('Price alert')
  await user.click(await screen.findByRole('button', { name: 'Notifications, 1 unread' }))
  await user.click(await screen.findByRole('link', { name: `New: ${text}` }))
  await screen.findByRole('heading', { name: 'An asset' })
  expect(screen.queryByRole('dialog')).toBeNull()
})

it('shows fills when notifications cannot be read, with the reason, and counts nothing as unread', async () => {
  const api = platform({
    ShellNotifications: {
      ...(me({ notificationsSeenAt: null, notifications: null }) as { data: object }),
      code: 'SUBGRAPH_UNAVAILABLE',
      serviceName: 'inventory',
      path: ['me', 'notifications'],
    },
    ShellFills: me({ orders: page('OrderConnection', [fill('o9', '2026-11-21T10:00:00.000Z')]) }),
  })
  await renderPage(app, api, at)
  const user = userEvent.setup()
  await user.click(await screen.findByRole('button', { name: 'Notifications' }))
  const list = within(await screen.findByRole('dialog', { name: 'Notifications' }))
  await list.findByText(/Your limit order bought/)
  expect(list.getByRole('button', { name: 'Retry' })).toBeTruthy()
})
