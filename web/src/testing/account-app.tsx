import { Route, Routes } from 'react-router'
import { useReading } from '../api/reading.ts'
import { DashboardOpenOrdersDocument } from '../generated/graphql.ts'
import { CashPanel } from '../pages/dashboard/BalancePanels.tsx'
import { OpenOrdersPanel } from '../pages/dashboard/MovementPanels.tsx'
import { AppFrame } from '../shell/AppFrame.tsx'
import { ValuesProvider } from '../values/ValuesProvider.tsx'
import { createFakeApi, type FakeAnswer, type FakeOperations } from './fake-api.ts'

function OpenOrders() {
  return <OpenOrdersPanel reading={useReading(DashboardOpenOrdersDocument, {})} />
}

/** The frame of the dashboard with two panels, and the user's account behind it. */
export const app = (
  <Routes>
    <Route element={<AppFrame />}>
      <Route
        path="/dashboard"
        element={
          <ValuesProvider>
            <CashPanel />
            <OpenOrders />
          </ValuesProvider>
        }
      />
      <Route path="/market/:id" element={<h1>An asset</h1>} />
    </Route>
  </Routes>
)

export const me = (fields: object): FakeAnswer => ({
  data: { me: { __typename: 'User', username: 'ada_lovelace', isGuest: false, ...fields } },
})

const noMore = { __typename: 'PageInfo', hasNextPage: false, endCursor: null }

export const page = (type: string, nodes: readonly object[]) => ({
  __typename: type,
  nodes,
  pageInfo: noMore,
})

const portfolio = (fields: object) =>
  me({ portfolio: { __typename: 'Portfolio', username: 'ada_lovelace', ...fields } })

export const cash = (available: string) =>
  portfolio({
    cash: { __typename: 'Cash', available, held: '0.00', posted: available },
    dayChange: null,
    dayChangeExcludes: [],
    holdings: [],
  })

export const alert = (id: string, text: string, createdAt: string, more: object = {}) => ({
  __typename: 'Notification',
  id,
  kind: 'PRICE_ALERT',
  text,
  createdAt,
  assetId: 'BTC',
  orderId: null,
  ...more,
})

export const waiting = {
  __typename: 'Order',
  id: 'o1',
  assetId: 'ETH',
  side: 'BUY',
  type: 'LIMIT',
  status: 'PENDING',
  quantity: '1.50000000',
  filledQuantity: '0',
  remainingQuantity: '1.50000000',
  limitPrice: '3400',
  stopPrice: null,
  stopLimitPrice: null,
  trailAmount: null,
  trailBasisPoints: null,
  ...{ takeProfitPrice: null, stopLossPrice: null, stopLossLimitPrice: null },
  triggeredAt: null,
  heldCash: '5100.00',
  expiresAt: null,
  createdAt: '2026-11-21T08:00:00.000Z',
}

export const openOrders = (nodes: readonly object[], hasNextPage = false) =>
  portfolio({
    openOrders: { ...page('OrderConnection', nodes), pageInfo: { ...noMore, hasNextPage } },
  })

export const platform = (operations: FakeOperations = {}) =>
  createFakeApi({
    ValuesPortfolio: cash('100.00'),
    DashboardOpenOrders: openOrders([waiting]),
    ShellNotifications: me({
      notificationsSeenAt: null,
      notifications: page('NotificationConnection', []),
    }),
    ...operations,
  })

export const at = { at: '/dashboard' }
