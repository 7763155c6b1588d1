/** @jest-environment jsdom */
import '../testing/browser.ts'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { createFakeApi, type FakeAnswer, type FakeOperations } from '../testing/fake-api.ts'
import { renderPage } from '../testing/render-page.tsx'
import { AmountPrivacy } from '../ui/amounts.tsx'
import { ValuesProvider } from '../values/ValuesProvider.tsx'
import { PortfolioAlertPanel } from './PortfolioAlertPanel.tsx'

beforeEach(() => {
  localStorage.clear()
  sessionStorage.clear()
})
afterEach(cleanup)

const alert = (id: string, value: string, rest: object = {}) => ({
  ...{ __typename: 'PortfolioAlert', id, direction: 'ABOVE', value, changeBasisPoints: null },
  ...{ repeats: false, rearmValue: null, isArmed: true, fireCount: 0, status: 'ACTIVE' },
  ...{ expiresAt: null, firedAt: null },
  ...rest,
})
type Alert = ReturnType<typeof alert>

const user = (fields: object): FakeAnswer => ({
  data: { me: { __typename: 'User', username: 'ada_lovelace', ...fields } },
})

/** A portfolio of $5,000.00 in cash. */
const portfolio = {
  ...{ __typename: 'Portfolio', username: 'ada_lovelace', dayChange: null, dayChangeExcludes: [] },
  cash: { __typename: 'Cash', available: '5000.00', held: '0.00', posted: '5000.00' },
  holdings: [],
}

/** A fake platform on which alerts can be created and cancelled. */
function platform(initial: readonly Alert[], operations: FakeOperations = {}) {
  let alerts = initial
  const answer = (field: string, portfolioAlert: object): FakeAnswer => ({
    data: { [field]: { __typename: 'PortfolioAlertPayload', portfolioAlert } },
  })
  return createFakeApi({
    ValuesPortfolio: user({ portfolio }),
    PortfolioAlerts: () => user({ portfolioAlerts: alerts }),
    PortfolioCreateAlert: ({ input }) => {
      const { value = '5250.00', ...rest } = input as { value?: string }
      const created = alert(`new-${value}`, value, rest)
      alerts = [created, ...alerts]
      return answer('createPortfolioAlert', created)
    },
    PortfolioCancelAlert: ({ id }) =>
      answer('cancelPortfolioAlert', { __typename: 'PortfolioAlert', id, status: 'CANCELLED' }),
    ...operations,
  })
}

const panel = (
  <ValuesProvider>
    <PortfolioAlertPanel />
  </ValuesProvider>
)
const list = async () => within(await screen.findByRole('list', { name: 'Portfolio alerts' }))
const field = () => screen.findByLabelText('Portfolio value in US dollars')
const setButton = () => screen.getByRole('button', { name: 'Set alert' })
const inputs = (api: ReturnType<typeof platform>) =>
  api.calls
    .filter(({ operation }) => operation === 'PortfolioCreateAlert')
    .map(({ variables }) => variables['input'] as { key: string })

it('lists the alerts that wait, and no others', async () => {
  const repeating = { repeats: true, rearmValue: '5940.00' }
  const alerts = [
    alert('1', '6000.00', repeating),
    alert('2', '4750.00', { direction: 'BELOW', changeBasisPoints: 500 }),
    alert('3', '7000.00', { status: 'FIRED' }),
    alert('4', '8000.00', { status: 'CANCELLED' }),
  ]
  await renderPage(panel, platform(alerts))
  const texts = (await list()).getAllByRole('listitem').map(({ textContent }) => textContent)
  expect(texts).toEqual([
    expect.stringMatching(/^Rises to \$6,000\.00Repeats; re-arms at \$5,940\.00Cancel/),
    expect.stringMatching(/^Falls by 5% to \$4,750\.00Cancel/),
  ])
})

it('sets alerts at an amount and on a change, each with a separate key', async () => {
  const api = platform([])
  await renderPage(panel, api)
  await userEvent.type(await field(), '6,000.5')
  await userEvent.click(setButton())
  await (await list()).findByText('Rises to $6,000.50')
  await userEvent.click(screen.getByRole('radio', { name: '%' }))
  await userEvent.type(screen.getByLabelText('Change in per cent'), '5')
  await screen.findByText('from the value now, $5,000.00, to about $5,250.00')
  await userEvent.click(screen.getByRole('switch', { name: 'Repeat' }))
  await userEvent.type(screen.getByLabelText('Re-arm distance in per cent'), '2.5')
  await userEvent.click(setButton())
  await waitFor(() => expect(inputs(api)).toHaveLength(2))
  const [first, second] = inputs(api)
  expect(first).toMatchObject({ direction: 'ABOVE', value: '6000.50' })
  expect(second).toMatchObject({ changeBasisPoints: 500, repeats: true, rearmBasisPoints: 250 })
  expect(second).not.toHaveProperty('value')
  expect(first?.key).not.toBe(second?.key)
})

it('explains and does not send a value that is reached already or too high', async () => {
  const api = platform([])
  await renderPage(panel, api)
  await userEvent.type(await field(), '5000')
  await screen.findByText('Reached already. Choose a value above $5,000.00.')
  await userEvent.click(screen.getByRole('radio', { name: 'Falls to' }))
  screen.getByText('Reached already. Choose a value below $5,000.00.')
  await userEvent.clear(await field())
  await userEvent.type(await field(), '1000000000.01')
  screen.getByText('This value is too high. Choose at most $1,000,000,000.00.')
  expect(setButton().getAttribute('aria-disabled')).toBe('true')
  expect(inputs(api)).toEqual([])
})

it.each([
  [
    'PORTFOLIO_ALERT_EXISTS',
    'is that of an equal alert that you have already',
    /^This is that of an equal alert/,
  ],
  [
    'PORTFOLIO_ALERT_MET',
    'must be above the current value, 6001.00',
    /^This must be above the current value, 6001\.00/,
  ],
])('shows the refusal %s at its field', async (code, reason, words) => {
  const refusal = { code, details: { field: 'value', reason } }
  await renderPage(panel, platform([], { PortfolioCreateAlert: refusal }))
  await userEvent.type(await field(), '6000')
  await userEvent.click(setButton())
  await screen.findByText(words)
  expect((await field()).getAttribute('aria-invalid')).toBe('true')
  expect(screen.queryByRole('alert')).toBeNull()
})

it('says that no more alerts can wait', async () => {
  const most = Array.from({ length: 10 }, (_, place) => alert(`${place}`, `${6_000 + place}.00`))
  await renderPage(panel, platform(most))
  await screen.findByText('10 alerts are waiting, the most there can be. Cancel one first.')
})

it('cancels an alert', async () => {
  await renderPage(panel, platform([alert('2', '6000.00')]))
  const name = /^Cancel.*Rises to \$6,000\.00$/
  await userEvent.click(await screen.findByRole('button', { name }))
  await screen.findByText('Portfolio alert cancelled')
  await screen.findByText(/No alert is set/)
})

it('hides the amounts of alerts, of the value now and of refusals', async () => {
  const reason = 'must be above the current value, 6001.00'
  const refusal = { code: 'BAD_USER_INPUT', details: { field: 'value', reason } }
  const hidden = <AmountPrivacy areHidden>{panel}</AmountPrivacy>
  const repeating = { repeats: true, rearmValue: '6930.00' }
  const api = platform([alert('1', '7000.00', repeating)], { PortfolioCreateAlert: refusal })
  await renderPage(hidden, api)
  await (await list()).findByText('Rises to $••••')
  screen.getByText('For example 1,250.50')
  await userEvent.type(await field(), '4000')
  await screen.findByText('Reached already. Choose a value above $••••.')
  await userEvent.clear(await field())
  await userEvent.type(await field(), '6000')
  await userEvent.click(setButton())
  await screen.findByText('This must be above the current value, ••••.')
  expect(document.body.textContent).not.toMatch(/5,000|7,000|6,930|6001/)
})
