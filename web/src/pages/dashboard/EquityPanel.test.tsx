/** @jest-environment jsdom */
import '../../testing/browser.ts'
import { afterEach, expect, it } from '@jest/globals'
import { cleanup, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { createFakeApi, type FakeAnswer, type FakeOperations } from '../../testing/fake-api.ts'
import { renderPage } from '../../testing/render-page.tsx'
import { AmountPrivacy } from '../../ui/amounts.tsx'
// Imported in advance: the panel loads its chart only when it is drawn.
import '../../ui/EquityChart.tsx'
import { ValuesProvider } from '../../values/ValuesProvider.tsx'
import { EquityPanel } from './EquityPanel.tsx'

afterEach(cleanup)

const point = (at: string, total: string, paidIn: string) => ({
  __typename: 'EquityPoint',
  at,
  total,
  cash: total,
  holdings: '0.00',
  paidIn,
})

const history = (...points: readonly object[]): FakeAnswer => ({
  data: {
    me: {
      __typename: 'User',
      username: 'ada_lovelace',
      portfolio: { __typename: 'Portfolio', username: 'ada_lovelace', history: points },
    },
  },
})

const growing = history(
  point('2026-11-21T12:00:00.000Z', '1000.00', '0.00'),
  point('2026-11-22T12:00:00.000Z', '1750.00', '500.00'),
)

const Panel = () => (
  <ValuesProvider>
    <EquityPanel />
  </ValuesProvider>
)

const platform = (DashboardHistory: FakeOperations[string]) => createFakeApi({ DashboardHistory })

it('draws the value and describes it', async () => {
  await renderPage(<Panel />, platform(growing))
  const chart = await screen.findByRole('img')
  expect(chart.getAttribute('aria-label')).toBe(
    'Portfolio value over the last 30 days: from $1,000.00 to $1,750.00; paid in and gifts $500.00, profit or loss +$250.00',
  )
  expect(screen.getByText('+$250.00').className).toContain('up')
  screen.getByText(/^The dashed line/)
})

it('mentions no dashed line where the value is what was paid in', async () => {
  const paidIn = history(
    point('2026-11-21T12:00:00.000Z', '0.00', '0.00'),
    point('2026-11-22T12:00:00.000Z', '500.00', '500.00'),
  )
  await renderPage(<Panel />, platform(paidIn))
  await screen.findByRole('img')
  expect(screen.queryByText(/dashed line/)).toBeNull()
})

it('tells the time of points of one day, and no dashed line that lies on the value', async () => {
  const today = history(
    point('2026-11-21T10:00:00.000Z', '0.00', '0.00'),
    point('2026-11-21T12:00:00.000Z', '5000.10', '5000.00'),
  )
  await renderPage(<Panel />, platform(today))
  const chart = await screen.findByRole('img')
  expect(chart.textContent).toMatch(/21 Nov, \d\d:\d\d/)
  expect(screen.queryByText(/dashed line/)).toBeNull()
})

it('distinguishes values that are close together', async () => {
  const close = history(
    point('2026-11-21T12:00:00.000Z', '9500.00', '0.00'),
    point('2026-11-22T12:00:00.000Z', '9499.40', '0.00'),
  )
  await renderPage(<Panel />, platform(close))
  const chart = await screen.findByRole('img')
  const ticks = chart.textContent.match(/\$[\d,.K]+/g) ?? []
  expect(ticks.length).toBeGreaterThan(2)
  expect(new Set(ticks).size).toBe(ticks.length)
})

it('reads the selected range', async () => {
  const api = platform(growing)
  await renderPage(<Panel />, api)
  await userEvent.click(await screen.findByRole('radio', { name: '1Y' }))
  expect((await screen.findByRole('img', { name: /over the last year/ })).tagName).toBe('DIV')
  const ranges = api.calls.flatMap(({ variables }) => variables['range'] ?? [])
  expect(ranges).toEqual(['MONTH', 'YEAR'])
})

it('cuts other ranges out of the closest history that goes back so far', async () => {
  const dayMs = 86_400_000
  const daysAgo = (days: number) => new Date(Date.now() - days * dayMs).toISOString()
  const dayOf = (days: number) => daysAgo(days).slice(0, 10)
  const api = platform(
    history(
      point(daysAgo(120), '1000.00', '0.00'),
      point(daysAgo(60), '1700.00', '500.00'),
      point(daysAgo(50), '1750.00', '500.00'),
      point(daysAgo(0), '1900.00', '500.00'),
    ),
  )
  await renderPage(<Panel />, api)
  const user = userEvent.setup()
  const choose = async (label: string) =>
    user.click(await screen.findByRole('radio', { name: label }))
  await choose('3M')
  await screen.findByRole('img', {
    name: 'Portfolio value over the last 90 days: from $1,700.00 to $1,900.00; paid in and gifts $0.00, profit or loss +$200.00',
  })
  await choose('Max')
  await screen.findByRole('img', { name: /over the last three years: from \$1,000\.00/ })
  await choose('Custom')
  const type = async (label: string, day: string) => {
    await user.clear(screen.getByLabelText(label))
    if (day) await user.type(screen.getByLabelText(label), day)
  }
  await type('First day', dayOf(65))
  await type('Last day', dayOf(45))
  await screen.findByRole('img', { name: / 20\d\d: from \$1,700\.00 to \$1,750\.00; paid in/ })
  await type('First day', dayOf(44))
  await screen.findByText('The first day is after the last one.')
  expect(screen.queryByRole('img')).toBeNull()
  await type('Last day', dayOf(40))
  await screen.findByText('Nothing was there in this time.')
  const ranges = api.calls.flatMap(({ variables }) => variables['range'] ?? [])
  expect(new Set(ranges)).toEqual(new Set(['MONTH', 'YEAR', 'MAX']))
})

it('explains how to start when there is no history', async () => {
  await renderPage(<Panel />, platform(history()))
  await screen.findByText('No history yet')
})

it('shows why there is none, and retries', async () => {
  let isUp = false
  const failing = { code: 'SUBGRAPH_UNAVAILABLE', serviceName: 'user' } as const
  await renderPage(
    <Panel />,
    platform(() => (isUp ? growing : failing)),
  )
  const notice = await screen.findByRole('alert')
  expect(notice.textContent).toContain('Reference req_test')
  isUp = true
  await userEvent.click(screen.getByRole('button', { name: 'Retry' }))
  await screen.findByRole('img')
})

it('hides amounts in hide-amounts mode', async () => {
  await renderPage(
    <AmountPrivacy areHidden>
      <Panel />
    </AmountPrivacy>,
    platform(growing),
  )
  const chart = await screen.findByRole('img')
  expect(chart.getAttribute('aria-label')).toMatch(/amounts are hidden/)
  expect(screen.getByRole('region').textContent).not.toMatch(/\$/)
})
