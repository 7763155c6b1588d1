/** @jest-environment jsdom */
import '../../testing/browser.ts'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { cleanup, screen } from '@testing-library/react'
import { createFakeApi, type FakeAnswer } from '../../testing/fake-api.ts'
import { renderPage } from '../../testing/render-page.tsx'
import { PositionPanel } from '../asset/PositionPanel.tsx'
import { PortfolioPage } from './PortfolioPage.tsx'

beforeEach(() => localStorage.clear())
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

/** Three pieces for $200.00. */
const holding = {
  __typename: 'Holding',
  username: 'ada_lovelace',
  assetId: 'SOL',
  quantity: '3',
  available: '3',
  held: '0',
  averageCost: '66.666666666666',
  costBasis: '200.00',
  marketValue: '210.00',
  unrealisedProfit: null,
  dayChange: null,
  asset: {
    __typename: 'Asset',
    id: 'SOL',
    name: 'Solana',
    image: null,
    isActive: true,
    haltedSince: null,
    quote: { __typename: 'Quote', price: '70', quotedAt: '2026-11-21T12:00:00.000Z' },
  },
}

const api = () =>
  createFakeApi({
    ValuesPortfolio: portfolio({
      cash: { __typename: 'Cash', available: '5.00', held: '0.00', posted: '5.00' },
      dayChange: null,
      dayChangeExcludes: [],
      holdings: [holding],
    }),
    AssetPosition: portfolio({ holding }),
  })

it.each([
  ['the portfolio', <PortfolioPage key="portfolio" />],
  ['the page of the asset', <PositionPanel key="asset" id="SOL" />],
])('%s shows an average cost whose sum does not exceed what was paid', async (_, page) => {
  await renderPage(page, api())
  await screen.findByText('$66.6666')
  expect(screen.getByText('$200.00')).toBeTruthy()
})

it('labels every value of a card but the one that names the holding', async () => {
  await renderPage(<PortfolioPage />, api())
  await screen.findByText('$66.6666')
  const labels = screen.getAllByRole('cell').map((cell) => cell.dataset['label'])
  const headers = screen.getAllByRole('columnheader').map(({ textContent }) => textContent)
  expect(labels).toEqual([undefined, ...headers.slice(1)])
  expect(headers[0]).toBe('Asset')
})
