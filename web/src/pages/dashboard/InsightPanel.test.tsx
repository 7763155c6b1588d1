/** @jest-environment jsdom */
import '../../testing/browser.ts'
import { afterEach, expect, it } from '@jest/globals'
import { cleanup, screen } from '@testing-library/react'
import { createFakeApi, type FakeAnswer } from '../../testing/fake-api.ts'
import { renderPage } from '../../testing/render-page.tsx'
import { ValuesProvider } from '../../values/ValuesProvider.tsx'
import { InsightPanel } from './InsightPanel.tsx'

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

const insight = portfolio({
  insight: {
    __typename: 'Insight',
    summary: 'Your portfolio is worth $3,422.86.',
    engine: 'RULES',
    model: null,
    generatedAt: '2026-11-21T12:00:00.000Z',
    isCached: false,
    isPending: false,
    degradedReason: null,
    findings: [],
  },
})

/** One ether, without a price while the market does not answer. */
const owned = (price: string | null) =>
  portfolio({
    cash: { __typename: 'Cash', available: '50.00', held: '0.00', posted: '50.00' },
    dayChange: null,
    dayChangeExcludes: [],
    holdings: [
      {
        __typename: 'Holding',
        username: 'ada_lovelace',
        assetId: 'ETH',
        quantity: '1',
        available: '1',
        held: '0',
        averageCost: '900',
        costBasis: '900.00',
        marketValue: price,
        unrealisedProfit: null,
        dayChange: null,
        asset: price && {
          __typename: 'Asset',
          id: 'ETH',
          name: 'Ethereum',
          isActive: true,
          haltedSince: null,
          quote: { __typename: 'Quote', price, quotedAt: '2026-11-21T12:00:00.000Z' },
        },
      },
    ],
  })

const show = (values: FakeAnswer) =>
  renderPage(
    <ValuesProvider>
      <InsightPanel />
    </ValuesProvider>,
    createFakeApi({ ValuesPortfolio: values, DashboardInsight: insight }),
  )

it('says that prices are missing, and when its figures are from', async () => {
  await show(owned(null))
  await screen.findByText(
    /^Current prices are missing\. With the figures of 21 Nov 2026, .*: Your portfolio is worth \$3,422\.86\.$/,
  )
})

it('says the same when nothing of the portfolio can be read', async () => {
  await show({ code: 'SUBGRAPH_UNAVAILABLE', serviceName: 'inventory' })
  await screen.findByText(/^Current prices are missing\./)
})

it('has the figures of the page where prices are known', async () => {
  await show(owned('1000.00'))
  await screen.findByText(/^Your portfolio is worth/)
  expect(screen.queryByText(/prices are missing/)).toBeNull()
})
