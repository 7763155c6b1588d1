/** @jest-environment jsdom */
import '../../testing/browser.ts'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { AmountPrivacy } from '../../ui/amounts.tsx'
import { createFakeApi, type FakeAnswer, type FakeOperations } from '../../testing/fake-api.ts'
import { renderPage } from '../../testing/render-page.tsx'
import { DashboardPage } from './DashboardPage.tsx'

beforeEach(() => {
  localStorage.clear()
  sessionStorage.clear()
})
afterEach(cleanup)

const portfolio = (fields: object): FakeAnswer => ({
  data: {
    me: {
      __typename: 'User',
      username: 'ada_lovelace',
      portfolio: { __typename: 'Portfolio', username: 'ada_lovelace', ...fields },
    },
  },
})

const noMore = { __typename: 'PageInfo', hasNextPage: false, endCursor: null }

/** Cash and one ether worth $1,000.00, which lost $20.00 today. */
const owned = (available: string) =>
  portfolio({
    cash: { __typename: 'Cash', available, held: '0.00', posted: available },
    dayChange: { __typename: 'ValueChange', amount: '-20.00', base: '1000.00', percent: -2 },
    dayChangeExcludes: [],
    holdings: [holding('ETH', '1000')],
  })

const holding = (assetId: string, price: string, isActive = true) => ({
  __typename: 'Holding',
  username: 'ada_lovelace',
  assetId,
  quantity: '1',
  available: '1',
  held: '0',
  averageCost: '900',
  costBasis: '900.00',
  marketValue: `${price}.00`,
  unrealisedProfit: null,
  dayChange: null,
  asset: {
    __typename: 'Asset',
    id: assetId,
    name: assetId,
    image: null,
    isActive,
    haltedSince: null,
    quote: { __typename: 'Quote', price, quotedAt: '2026-11-21T12:00:00.000Z' },
  },
})

const insight = portfolio({
  insight: {
    __typename: 'Insight',
    summary: 'You own $2,234.50.',
    engine: 'GEMINI',
    model: 'gemini',
    generatedAt: '2026-11-21T12:00:00.000Z',
    isCached: false,
    isPending: false,
    degradedReason: null,
    findings: [],
  },
})

/** What the rules say of an empty portfolio: the text is the finding and what to do about it. */
const nothingYet = (degradedReason: string | null = null) =>
  portfolio({
    insight: {
      __typename: 'Insight',
      summary: 'There is nothing in your portfolio yet. Deposit some cash to begin.',
      engine: 'RULES',
      model: null,
      generatedAt: '2026-11-21T12:00:00.000Z',
      isCached: false,
      isPending: false,
      degradedReason,
      findings: [
        {
          __typename: 'Finding',
          kind: 'EMPTY',
          severity: 'INFO',
          assetId: null,
          text: 'There is nothing in your portfolio yet.',
        },
      ],
    },
  })

const watchlist = (assets: readonly object[]): FakeAnswer => ({
  data: { me: { __typename: 'User', username: 'ada_lovelace', watchlist: assets } },
})

const watchedBitcoin = {
  __typename: 'Asset',
  id: 'BTC',
  name: 'Bitcoin',
  image: null,
  quote: { __typename: 'Quote', price: '64000', quotedAt: '2026-11-21T12:00:00.000Z' },
  marketData: { __typename: 'MarketData', changePercent24h: 1.5 },
  sparkline: [],
}

const platform = (operations: FakeOperations = {}) =>
  createFakeApi({
    ValuesPortfolio: owned('1234.50'),
    DashboardHistory: portfolio({ history: [] }),
    DashboardOpenOrders: portfolio({
      openOrders: { __typename: 'OrderConnection', nodes: [], pageInfo: noMore },
    }),
    DashboardActivity: portfolio({
      activity: { __typename: 'ActivityConnection', nodes: [], pageInfo: noMore },
    }),
    DashboardInsight: insight,
    DashboardWatchlist: watchlist([]),
    DashboardRedPocket: portfolio({
      redPocket: {
        __typename: 'RedPocket',
        claimedToday: false,
        nextClaimAt: '2026-11-22T00:00:00.000Z',
        isOffered: true,
        canClaim: true,
      },
    }),
    ...operations,
  })

const panel = (name: string) => within(screen.getByRole('region', { name }))

it('shows cash, total, and the change of the day with its sign and mark', async () => {
  await renderPage(<DashboardPage />, platform())
  await screen.findByText('$2,234.50')
  expect(panel('Total value').getByText(/▼/).parentElement?.textContent).toBe('▼−$20.00 (−2.00%)')
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

it('opens the red pocket in the footer and updates the cash', async () => {
  let isClaimed = false
  const claim = {
    __typename: 'ClaimRedPocketPayload',
    amount: '88.88',
    size: 'BIG',
    cashAfter: '1323.38',
    nextClaimAt: '2026-11-22T00:00:00.000Z',
    withdrawableAt: null,
  }
  const api = platform({
    ValuesPortfolio: () => owned(isClaimed ? '1323.38' : '1234.50'),
    DashboardClaimRedPocket: () => {
      isClaimed = true
      return { data: { claimRedPocket: claim } }
    },
  })
  const user = userEvent.setup()
  await renderPage(<DashboardPage />, api)
  await user.click(screen.getByRole('button', { name: 'Red pocket' }))
  await user.type(await screen.findByLabelText('Lucky phrase'), '恭喜发财')
  await user.click(screen.getByRole('button', { name: 'Open the red pocket' }))

  await screen.findByText('$88.88')
  const dialog = screen.getByRole('dialog', { name: 'Red pocket' })
  expect(dialog.contains(document.activeElement)).toBe(true)
  expect(screen.getByRole('img', { name: 'A big red envelope, full of gold' })).toBeTruthy()
  expect(await screen.findAllByText('$1,323.38')).not.toHaveLength(0)
  await user.keyboard('{Escape}')
  await waitFor(() => expect(screen.queryByText('$88.88')).toBeNull())
  expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Red pocket' }))
})

it('shows the refusal of a phrase at its field', async () => {
  const details = { field: 'phrase', reason: 'must not be blank' }
  const api = platform({ DashboardClaimRedPocket: { code: 'BAD_USER_INPUT', details } })
  const user = userEvent.setup()
  await renderPage(<DashboardPage />, api)
  await user.click(screen.getByRole('button', { name: 'Red pocket' }))
  const field = await screen.findByLabelText('Lucky phrase')
  await user.type(field, '\u200b')
  await user.click(screen.getByRole('button', { name: 'Open the red pocket' }))
  await screen.findByText('This must not be blank.')
  expect(field.getAttribute('aria-invalid')).toBe('true')
  expect(document.activeElement).toBe(field)
  expect(screen.queryByRole('alert')).toBeNull()
})

it('says once that there is nothing in the portfolio', async () => {
  const nothing = portfolio({
    cash: { __typename: 'Cash', available: '0.00', held: '0.00', posted: '0.00' },
    dayChange: null,
    dayChangeExcludes: [],
    holdings: [],
  })
  await renderPage(
    <DashboardPage />,
    platform({ ValuesPortfolio: nothing, DashboardInsight: nothingYet() }),
  )
  await panel('Insight').findByText(/Deposit some cash to begin/)
  screen.getByText('Welcome, ada_lovelace.')
  expect(panel('Insight').getAllByText(/nothing in your portfolio/)).toHaveLength(1)
})

it('says in words why no language model wrote the insight', async () => {
  const api = platform({ DashboardInsight: nothingYet('INSIGHTS_RATE_LIMITED') })
  await renderPage(<DashboardPage />, api)
  await panel('Insight').findByText(/· without the language model: it needs a break$/)
})

it('keeps a phrase while the red pocket is closed', async () => {
  const user = userEvent.setup()
  await renderPage(<DashboardPage />, platform())
  const open = () => user.click(screen.getByRole('button', { name: 'Red pocket' }))
  await open()
  await user.type(await screen.findByLabelText('Lucky phrase'), '新年好')
  await user.keyboard('{Escape}')
  await waitFor(() => expect(screen.queryByLabelText('Lucky phrase')).toBeNull())
  await open()
  expect(await screen.findByLabelText('Lucky phrase')).toHaveProperty('value', '新年好')
})

it('offers no phrase while it is unknown whether a red pocket can be opened', async () => {
  const down = { code: 'SUBGRAPH_UNAVAILABLE', serviceName: 'cny' } as const
  await renderPage(<DashboardPage />, platform({ DashboardRedPocket: down }))
  await userEvent.click(await screen.findByRole('button', { name: 'Red pocket' }))
  const dialog = within(await screen.findByRole('dialog', { name: 'Red pocket' }))
  await dialog.findByText('Reference req_test')
  expect(dialog.queryByLabelText('Lucky phrase')).toBeNull()
  expect(dialog.getByRole('button', { name: 'Retry' })).toBeTruthy()
})
