/** @jest-environment jsdom */
import '../../testing/browser.ts'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { cleanup, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { AmountPrivacy } from '../../ui/amounts.tsx'
import {
  insight,
  noMore,
  nothingYet,
  platform,
  portfolio,
  watchedBitcoin,
  watchlist,
} from '../../testing/dashboard-api.ts'
import { renderPage } from '../../testing/render-page.tsx'
import { DashboardPage } from './DashboardPage.tsx'

beforeEach(() => {
  localStorage.clear()
  sessionStorage.clear()
})
afterEach(cleanup)

const panel = (name: string) => within(screen.getByRole('region', { name }))

it('shows cash, total, and the change of the day with its sign and mark', async () => {
  await renderPage(<DashboardPage />, platform())
  await screen.findByText('$2,234.50')
  expect(panel('Total value').getByText(/▼/).closest('.value-change')?.textContent).toBe(
    '▼−$20.00 (−2.00%)',
  )
  expect((await panel('Cash').findAllByText('$1,234.50')).length).toBeGreaterThan(0)
})

it('shows the failure of one panel, with code, service and request id, and retries it', async () => {
  let isUp = false
  const api = platform({
    DashboardInsight: () =>
      isUp
        ? insight
        : {
            ...(portfolio({ insight: null }) as { data: object }),
            code: 'SUBGRAPH_UNAVAILABLE',
            serviceName: 'insights',
            path: ['me', 'portfolio', 'insight'],
          },
  })
  await renderPage(<DashboardPage />, api)
  const notice = await panel('Insight').findByRole('alert')
  expect(notice.textContent).toContain('Reference req_test')
  await panel('Cash').findByText('Available')
  expect(screen.getAllByRole('alert')).toHaveLength(1)

  isUp = true
  await userEvent.click(within(notice).getByRole('button', { name: 'Retry' }))
  await panel('Insight').findByText('You own $2,234.50.')
  expect(screen.queryByRole('alert')).toBeNull()
})

it('shows watched assets with prices until they are removed', async () => {
  const api = platform({
    DashboardWatchlist: watchlist([watchedBitcoin]),
    WatchlistRemove: {
      data: {
        unwatchAsset: {
          __typename: 'UnwatchAssetPayload',
          user: { __typename: 'User', username: 'ada_lovelace', watchlist: [] },
        },
      },
    },
  })
  await renderPage(<DashboardPage />, api)
  const row = within(await panel('Watchlist').findByRole('row', { name: /Bitcoin/ }))
  expect(row.getByText('$64,000.00')).toBeTruthy()
  expect(row.getByText('+1.50%')).toBeTruthy()
  await userEvent.click(row.getByRole('button', { name: 'Watch Bitcoin', pressed: true }))
  await panel('Watchlist').findByText('You watch nothing yet')
})

it('hides the user’s amounts in hide-amounts mode', async () => {
  await renderPage(
    <AmountPrivacy areHidden>
      <DashboardPage />
    </AmountPrivacy>,
    platform(),
  )
  await panel('Cash').findByText('Available')
  await panel('Insight').findByText('You own $••••.')
  expect(document.body.textContent).not.toContain('1,234.50')
  expect(document.body.textContent).not.toContain('2,234.50')
})

const without = (cash: string) =>
  portfolio({
    cash: { __typename: 'Cash', available: cash, held: '0.00', posted: cash },
    dayChange: null,
    dayChangeExcludes: [],
    holdings: [],
  })

it('gives a new account its first steps instead of panels that are all empty', async () => {
  await renderPage(<DashboardPage />, platform({ ValuesPortfolio: without('50.00') }))
  const steps = within(await screen.findByRole('region', { name: 'First steps' }))
  await screen.findByText('Welcome, Ada.')
  expect(steps.getAllByRole('img').map((mark) => mark.getAttribute('aria-label'))).toEqual([
    'Done',
    'To do',
    'To do',
  ])
  expect(screen.queryAllByRole('region').map((region) => region.textContent)).toHaveLength(5)
  expect(screen.queryByText(/You watch nothing yet|You own no assets yet/)).toBeNull()
})

it('gives an account that has traded its panels, though it owns nothing now', async () => {
  const sale = {
    __typename: 'Activity',
    ...{ id: 'e1', kind: 'SELL', assetId: 'ETH', price: '3400', cashChange: '3400.00' },
    ...{ cashHeldChange: '0.00', quantityChange: '-1', quantityHeldChange: '0' },
    createdAt: '2026-11-21T12:00:00.000Z',
  }
  await renderPage(
    <DashboardPage />,
    platform({
      ValuesPortfolio: without('3400.00'),
      DashboardActivity: portfolio({
        activity: { __typename: 'ActivityConnection', nodes: [sale], pageInfo: noMore },
      }),
    }),
  )
  await panel('Holdings').findByText('You own no assets yet')
  await panel('Recent activity').findByText('Sold ETH')
  expect(screen.queryByRole('region', { name: 'First steps' })).toBeNull()
})

it('lists the assets that moved in each direction, and says where none did', async () => {
  await renderPage(<DashboardPage />, platform())
  const movers = within(await screen.findByRole('region', { name: 'Movers in 24 hours' }))
  expect(await movers.findAllByRole('link', { name: /Bitcoin/ })).toHaveLength(1)
  movers.getByText('None')
})

it('says once that there is nothing in the portfolio', async () => {
  const api = platform({
    ValuesPortfolio: without('0.00'),
    DashboardInsight: nothingYet(),
    DashboardWatchlist: { code: 'SUBGRAPH_UNAVAILABLE', serviceName: 'inventory' },
  })
  await renderPage(<DashboardPage />, api)
  await panel('Insight').findByText(/Deposit some cash to begin/)
  expect(panel('Insight').getAllByText(/nothing in your portfolio/)).toHaveLength(1)
})

it('says in words why no language model wrote the insight', async () => {
  const api = platform({ DashboardInsight: nothingYet('INSIGHTS_RATE_LIMITED') })
  await renderPage(<DashboardPage />, api)
  await panel('Insight').findByText(/· without the language model: it needs a break$/)
})
