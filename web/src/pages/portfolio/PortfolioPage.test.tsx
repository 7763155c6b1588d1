/** @jest-environment jsdom */
import '../../testing/browser.ts'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { cleanup, fireEvent, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { createFakeApi, type FakeAnswer, type FakeOperations } from '../../testing/fake-api.ts'
import { renderPage } from '../../testing/render-page.tsx'
import { AmountPrivacy } from '../../ui/amounts.tsx'
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
    isActive: true,
    haltedSince: null,
    quote: { __typename: 'Quote', price: '70', quotedAt: '2026-11-21T12:00:00.000Z' },
  },
}

/** A portfolio that has lost a tenth on the way. */
const performance = {
  __typename: 'Performance',
  since: '2026-10-22T09:00:00.000Z',
  timeWeighted: { __typename: 'PerformanceReturn', percent: 6.25, annualPercent: null },
  moneyWeighted: { __typename: 'PerformanceReturn', percent: -1.5, annualPercent: -3 },
  volatilityPercent: 41.2,
  maxDrawdown: {
    __typename: 'Drawdown',
    percent: 10,
    from: '2026-11-02T12:00:00.000Z',
    to: '2026-11-05T12:00:00.000Z',
  },
  benchmark: {
    __typename: 'BenchmarkPerformance',
    assetId: 'BTC',
    return: { __typename: 'PerformanceReturn', percent: 2, annualPercent: null },
  },
}

const noGains = { sales: 0, proceeds: '0.00', fee: '0.00', basis: '0.00', gain: '0.00' }
const eth = { sales: 1, proceeds: '1200.00', fee: '1.20', basis: '1500.00', gain: '-301.20' }
const sol = { sales: 2, proceeds: '300.00', fee: '0.30', basis: '200.00', gain: '99.70' }

const gains = (year: number, sums: object, assets: readonly object[] = []) =>
  portfolio({ realisedGains: { __typename: 'RealisedGains', year, assets, ...sums } })

/** Two assets that were sold, and what they gained together. */
const twoSold = (year: number) =>
  gains(year, { sales: 3, proceeds: '1500.00', fee: '1.50', basis: '1700.00', gain: '-201.50' }, [
    { __typename: 'RealisedAssetGain', assetId: 'ETH', quantity: '0.5', ...eth },
    { __typename: 'RealisedAssetGain', assetId: 'SOL', quantity: '3', ...sol },
  ])

const now = new Date().getUTCFullYear()

const lots = (lotMethod: string): FakeAnswer => ({
  data: {
    me: {
      __typename: 'User',
      username: 'ada_lovelace',
      createdAt: `${now - 1}-06-30T09:00:00.000Z`,
      portfolio: { __typename: 'Portfolio', username: 'ada_lovelace', lotMethod },
    },
  },
})

const values = {
  cash: { __typename: 'Cash', available: '5.00', held: '0.00', posted: '5.00' },
  dayChange: null,
  dayChangeExcludes: [],
}

const api = (found: object = performance, operations: FakeOperations = {}) =>
  createFakeApi({
    PortfolioPerformance: portfolio({ performance: found }),
    PortfolioGains: gains(now, noGains),
    PortfolioLots: lots('FIFO'),
    PortfolioAlerts: {
      data: { me: { __typename: 'User', username: 'ada_lovelace', portfolioAlerts: [] } },
    },
    ValuesPortfolio: portfolio({ ...values, holdings: [holding] }),
    AssetPosition: portfolio({ holding }),
    ...operations,
  })

it.each([
  ['the portfolio', <PortfolioPage key="portfolio" />],
  ['the page of the asset', <PositionPanel key="asset" id="SOL" />],
])(
  '%s rounds an average cost to the nearest, and shows the exact cost beside it',
  async (_, page) => {
    await renderPage(page, api())
    await screen.findByText('$66.6667')
    expect(screen.getByText('$200.00')).toBeTruthy()
  },
)

it('labels every value of a card but the one that names the holding', async () => {
  await renderPage(<PortfolioPage />, api())
  await screen.findByText('$66.6667')
  const table = within(screen.getByRole('table', { name: 'Holdings' }))
  const labels = table.getAllByRole('cell').map((cell) => cell.dataset['label'])
  const headers = table.getAllByRole('columnheader').map(({ textContent }) => textContent)
  expect(labels).toEqual([undefined, ...headers.slice(1)])
  expect(headers[0]).toBe('Asset')
})

it('ends the holdings with their totals: what was paid, and what they are worth', async () => {
  const ether = {
    ...holding,
    assetId: 'ETH',
    quantity: '1',
    costBasis: '300.25',
    marketValue: '70.00',
  }
  const answers = { ValuesPortfolio: portfolio({ ...values, holdings: [holding, ether] }) }
  await renderPage(<PortfolioPage />, api(performance, answers))
  const table = within(await screen.findByRole('table', { name: 'Holdings' }))
  const total = table.getByRole('rowheader', { name: 'Total' }).closest('tr')
  expect(total?.textContent).toBe('Total$500.25$280.00–')
})

it('refuses days of a custom range that cannot be read, and reads the others', async () => {
  const user = userEvent.setup()
  const platform = api()
  await renderPage(<PortfolioPage />, platform)
  await user.click(await screen.findByRole('radio', { name: 'Custom' }))
  const [first, last] = [screen.getByLabelText('First day'), screen.getByLabelText('Last day')]
  fireEvent.change(last, { target: { value: '2026-01-31' } })
  fireEvent.change(first, { target: { value: '2026-02-01' } })
  await screen.findByText('The first day is after the last one.')
  fireEvent.change(screen.getByLabelText('First day'), { target: { value: '2026-01-01' } })
  await screen.findByText('+6.25%')
  const read = platform.calls.filter(({ operation }) => operation === 'PortfolioPerformance')
  expect(read.at(-1)?.variables).toEqual({ from: '2026-01-01', to: '2026-01-31' })
})

it('shows both returns beside Bitcoin, the volatility and the deepest fall', async () => {
  await renderPage(<PortfolioPage />, api())
  const panel = await screen.findByRole('region', { name: 'Performance' })
  await within(panel).findByText('+6.25%')
  const shown = within(panel)
    .getAllByRole('definition')
    .map(({ textContent }) => textContent)
  expect(shown).toEqual([
    expect.stringContaining('+6.25%'),
    expect.stringContaining('−1.50% (−3.00% a year)'),
    expect.stringContaining('+2.00%'),
    '41.20% a year',
    expect.stringMatching(/^10\.00%, .*2.* to .*5/),
  ])
})

it('says that a portfolio without money has no performance', async () => {
  await renderPage(<PortfolioPage />, api({ ...performance, since: null, timeWeighted: null }))
  await screen.findByText('No performance yet')
})

const bought = ({ year }: Readonly<Record<string, unknown>>) =>
  year === now - 1 ? twoSold(now - 1) : gains(now, noGains)

async function openLastYear(): Promise<HTMLElement> {
  const panel = await screen.findByRole('region', { name: 'Realised gains' })
  await within(panel).findByText(`No realised gain or loss in ${now}.`)
  await within(panel).findByRole('option', { name: String(now - 1) })
  await userEvent.selectOptions(within(panel).getByLabelText('Year of the gains'), `${now - 1}`)
  return within(panel).findByRole('table', { name: `Realised gains of ${now - 1}` })
}

const rowsOf = (table: HTMLElement) =>
  within(table)
    .getAllByRole('row')
    .slice(1)
    .map((row) =>
      within(row)
        .getAllByRole('cell')
        .map(({ textContent }) => textContent),
    )

it('shows what the sales of a year of the account gained, by asset and in all', async () => {
  await renderPage(<PortfolioPage />, api(performance, { PortfolioGains: bought }))
  const table = await openLastYear()
  const years = screen.getAllByRole('option').map(({ textContent }) => textContent)
  expect(years).toEqual([`${now}`, `${now - 1}`])
  expect(rowsOf(table)).toEqual([
    [expect.stringMatching(/ETH$/), '1', '0.5', '$1,200.00', '$1.20', '$1,500.00', '−$301.20'],
    [expect.stringMatching(/SOL$/), '2', '3', '$300.00', '$0.30', '$200.00', '+$99.70'],
    ['All assets', '3', '–', '$1,500.00', '$1.50', '$1,700.00', '−$201.50'],
  ])
})

it('hides the amounts of the gains, not how many sales there were', async () => {
  const page = (
    <AmountPrivacy areHidden>
      <PortfolioPage />
    </AmountPrivacy>
  )
  await renderPage(page, api(performance, { PortfolioGains: bought }))
  const table = await openLastYear()
  expect(table.textContent).not.toMatch(/\$|0\.5/)
  expect(rowsOf(table).map(([, sales]) => sales)).toEqual(['1', '2', '3'])
})

it('sends the choice of lots with a key of its own, and says what it means', async () => {
  let method = 'FIFO'
  const platform = api(performance, {
    PortfolioLots: () => lots(method),
    PortfolioChooseLots: ({ input }) => {
      ;({ method } = input as { method: string })
      return {
        data: { setLotMethod: { __typename: 'SetLotMethodPayload', method } },
      }
    },
  })
  await renderPage(<PortfolioPage />, platform)
  const panel = within(await screen.findByRole('region', { name: 'Lots of later sales' }))
  await panel.findByText(/what you bought first/)
  await userEvent.click(panel.getByText('Highest cost first'))
  await panel.findByText(/what cost you most per unit/)
  await screen.findByText('Your later sales follow this choice')
  await userEvent.click(panel.getByText('First in, first out'))
  await panel.findByText(/what you bought first/)
  const sent = platform.calls
    .filter(({ operation }) => operation === 'PortfolioChooseLots')
    .map(({ variables }) => variables['input'] as { key: string; method: string })
  expect(sent.map((input) => input.method)).toEqual(['HIFO', 'FIFO'])
  expect(new Set(sent.map(({ key }) => key)).size).toBe(2)
})

it('keeps the lots as they were when the choice is refused, and says why', async () => {
  const refusal = { code: 'LEDGER_READ_ONLY' }
  await renderPage(<PortfolioPage />, api(performance, { PortfolioChooseLots: refusal }))
  const panel = within(await screen.findByRole('region', { name: 'Lots of later sales' }))
  await panel.findByText(/what you bought first/)
  await userEvent.click(panel.getByText('Highest cost first'))
  await screen.findByText(/The ledger accepts no changes/)
  await panel.findByText(/what you bought first/)
})
