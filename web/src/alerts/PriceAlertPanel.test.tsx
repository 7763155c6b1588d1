/** @jest-environment jsdom */
import '../testing/browser.ts'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import type { AssetFactsQuery } from '../generated/graphql.ts'
import { createFakeApi, type FakeAnswer, type FakeOperations } from '../testing/fake-api.ts'
import { renderPage } from '../testing/render-page.tsx'
import { endOfDay, expiryBounds } from '../ticket/expiry.ts'
import { PriceAlertPanel } from './PriceAlertPanel.tsx'

beforeEach(() => {
  localStorage.clear()
  sessionStorage.clear()
})
afterEach(cleanup)

const bitcoin = {
  id: 'BTC',
  isActive: true,
  quote: { price: '64000', quotedAt: '2026-11-21T12:00:00.000Z' },
} as AssetFactsQuery['asset']

type Alert = ReturnType<typeof alert>

const alert = (id: string, price: string, rest: object = {}) => ({
  __typename: 'PriceAlert',
  id,
  asset: { __typename: 'Asset', id: 'BTC' },
  direction: 'ABOVE',
  price,
  changeBasisPoints: null as number | null,
  status: 'ACTIVE',
  createdAt: '2026-11-21T12:00:00.000Z',
  expiresAt: null as string | null,
  firedAt: null as string | null,
  firedPrice: null as string | null,
  ...{ repeats: false, rearmPrice: null as string | null, isArmed: true, fireCount: 0 },
  ...rest,
})

const owner = (priceAlerts: readonly Alert[] | null) => ({
  __typename: 'User',
  username: 'ada_lovelace',
  priceAlerts,
})

/** A fake platform on which alerts can be created and cancelled. */
function platform(initial: readonly Alert[], operations: FakeOperations = {}) {
  let alerts = initial
  const create = ({ price = '67200', ...rest }: { price?: string }): FakeAnswer => {
    const created = alert(`new-${price}`, price, rest)
    alerts = [created, ...alerts]
    const payload = { __typename: 'CreatePriceAlertPayload', alert: created, user: owner(alerts) }
    return { data: { createPriceAlert: payload } }
  }
  const cancel = (id: unknown): FakeAnswer => {
    const cancelled = { __typename: 'PriceAlert', id, status: 'CANCELLED' }
    const payload = { __typename: 'CancelPriceAlertPayload', alert: cancelled }
    return { data: { cancelPriceAlert: payload } }
  }
  return createFakeApi({
    AssetPriceAlerts: () => ({ data: { me: owner(alerts) } }),
    AssetCreatePriceAlert: ({ input }) => create(input as { price?: string }),
    AssetCancelPriceAlert: ({ id }) => cancel(id),
    ...operations,
  })
}

const list = async () => within(await screen.findByRole('list', { name: 'Price alerts' }))
const keys = (api: ReturnType<typeof platform>) =>
  api.calls
    .filter(({ operation }) => operation === 'AssetCreatePriceAlert')
    .map(({ variables }) => (variables['input'] as { key: string }).key)

async function setAlert(price: string) {
  const user = userEvent.setup()
  const field = await screen.findByLabelText('Alert price in US dollars')
  await user.clear(field)
  await user.type(field, price)
  await user.click(screen.getByRole('button', { name: 'Set alert' }))
}

it('shows only the alerts of this asset, waiting ones first', async () => {
  const fired = { status: 'FIRED', firedAt: '2026-11-21T12:00:00.000Z', firedPrice: '63000.123456' }
  const other = { asset: { __typename: 'Asset', id: 'ETH' } }
  const alerts = [
    alert('1', '63000', fired),
    alert('2', '70000'),
    alert('3', '5000', other),
    alert('4', '80000', { status: 'CANCELLED' }),
  ]
  await renderPage(<PriceAlertPanel asset={bitcoin} />, platform(alerts))
  const items = (await list()).getAllByRole('listitem')
  expect(items).toHaveLength(2)
  expect(items[0]?.textContent).toContain('Rises to $70,000.00')
  expect(items[1]?.textContent).toMatch(/Rises to \$63,000\.00.*at \$63,000\.123456Fired/)
})

it('sets alerts, each with a separate key', async () => {
  const api = platform([])
  await renderPage(<PriceAlertPanel asset={bitcoin} />, api)
  await screen.findByText(/No alert is set/)
  await setAlert('70,000.5')
  await (await list()).findByText('Rises to $70,000.50')
  await setAlert('71000')
  await waitFor(() => expect(keys(api)).toHaveLength(2))
  expect(new Set(keys(api)).size).toBe(2)
  expect(api.calls.at(-1)?.variables).toMatchObject({
    input: { assetId: 'BTC', direction: 'ABOVE', price: '71000' },
  })
})

it('explains and does not send a price that is already reached, in either direction', async () => {
  const api = platform([])
  await renderPage(<PriceAlertPanel asset={bitcoin} />, api)
  const user = userEvent.setup()
  await user.type(await screen.findByLabelText('Alert price in US dollars'), '64000')
  expect(
    screen.getByText(
      'Reached already. Choose a price above $64,000.00 and at most $1,000,000,000.00.',
    ),
  ).toBeTruthy()
  await user.click(screen.getByRole('radio', { name: 'Falls to' }))
  expect(
    screen.getByText('Reached already. Choose a price above $0.00 and below $64,000.00.'),
  ).toBeTruthy()
  expect(screen.getByRole('button', { name: 'Set alert' }).getAttribute('aria-disabled')).toBe(
    'true',
  )
  expect(keys(api)).toEqual([])
})

it('shows the refusal of an equal alert at its price', async () => {
  const reason = 'is the price of an equal alert that you have already'
  const refusal = { code: 'PRICE_ALERT_EXISTS', details: { field: 'price', reason } }
  await renderPage(
    <PriceAlertPanel asset={bitcoin} />,
    platform([alert('2', '70000')], { AssetCreatePriceAlert: refusal }),
  )
  await setAlert('70000')
  await screen.findByText('This is the price of an equal alert that you have already.')
  const field = screen.getByLabelText('Alert price in US dollars')
  expect(field.getAttribute('aria-invalid')).toBe('true')
  expect(screen.queryByRole('alert')).toBeNull()
})

it('keeps the key while the outcome is unknown', async () => {
  let isUp = false
  const api = platform([], {
    AssetCreatePriceAlert: () => (isUp ? { code: 'LIMIT_REACHED' } : 'unreachable'),
  })
  await renderPage(<PriceAlertPanel asset={bitcoin} />, api)
  await setAlert('70000')
  await screen.findByText(/may have been done all the same/)
  isUp = true
  await userEvent.click(screen.getByRole('button', { name: 'Set alert' }))
  await screen.findByText(/as many of these as you can have/)
  await userEvent.click(screen.getByRole('button', { name: 'Set alert' }))
  await waitFor(() => expect(keys(api)).toHaveLength(3))
  const [first, second, third] = keys(api)
  expect(second).toBe(first)
  expect(third).not.toBe(first)
})

it('keeps a price that was not set over a reload', async () => {
  const api = platform([])
  const user = userEvent.setup()
  const { unmount } = await renderPage(<PriceAlertPanel asset={bitcoin} />, api)
  await user.click(await screen.findByRole('radio', { name: 'Falls to' }))
  await user.type(screen.getByLabelText('Alert price in US dollars'), '60,000')
  unmount()

  await renderPage(<PriceAlertPanel asset={bitcoin} />, api)
  expect(await screen.findByLabelText('Alert price in US dollars')).toHaveProperty(
    'value',
    '60,000',
  )
  await user.click(screen.getByRole('button', { name: 'Set alert' }))
  await (await list()).findByText('Falls to $60,000.00')
  expect(screen.getByLabelText('Alert price in US dollars')).toHaveProperty('value', '')
})

it('sets an alert on a change in per cent, until a date', async () => {
  const api = platform([])
  await renderPage(<PriceAlertPanel asset={bitcoin} />, api)
  const user = userEvent.setup()
  await user.click(await screen.findByRole('radio', { name: '%' }))
  const field = screen.getByLabelText('Change in per cent')
  await user.type(field, '0.05')
  screen.getByText('From 0.1% to 1000%.')
  await user.clear(field)
  await user.type(field, '5%')
  const { last } = expiryBounds(Date.now())
  await user.type(screen.getByLabelText('Good till'), last)
  await user.click(screen.getByRole('button', { name: 'Set alert' }))
  await (await list()).findByText('Rises by 5% to $67,200.00')
  await (await list()).findByText(/^Until /)
  expect(api.calls.at(-1)?.variables['input']).toMatchObject({
    ...{ assetId: 'BTC', direction: 'ABOVE', changeBasisPoints: 500 },
    expiresAt: endOfDay(last),
  })
  expect(api.calls.at(-1)?.variables['input']).not.toHaveProperty('price')
})

it('sets an alert that repeats, and says where it re-arms and how often it has fired', async () => {
  const repeating = { repeats: true, rearmPrice: '69300' }
  const firedAt = '2026-11-21T12:00:00.000Z'
  const armed = { ...repeating, fireCount: 2, firedAt, firedPrice: '71000' }
  const spent = { ...armed, isArmed: false, fireCount: 1 }
  const api = platform([alert('1', '70000', armed), alert('2', '71000', spent)])
  await renderPage(<PriceAlertPanel asset={bitcoin} />, api)
  await (await list()).findByText(/^Repeats; fired 2 times, last .*; re-arms at \$69,300\.00$/)
  await (await list()).findByText(/^Fired once, last .*; waits to re-arm at \$69,300\.00$/)
  const user = userEvent.setup()
  await user.click(screen.getByRole('switch', { name: 'Repeat' }))
  const distance = screen.getByLabelText('Re-arm distance in per cent')
  await user.type(distance, '51')
  screen.getByText('From 0.1% to 50%.')
  await user.clear(distance)
  await user.type(distance, '2.5')
  await setAlert('72000')
  await screen.findByText('Repeating price alert set')
  expect(api.calls.at(-1)?.variables['input']).toMatchObject({
    ...{ price: '72000', repeats: true, rearmBasisPoints: 250 },
  })
  await waitFor(() => expect(screen.queryByLabelText('Re-arm distance in per cent')).toBeNull())
  await setAlert('73000')
  await waitFor(() => expect(keys(api)).toHaveLength(2))
  expect(api.calls.at(-1)?.variables['input']).not.toHaveProperty('repeats')
})

it('cancels an alert', async () => {
  await renderPage(<PriceAlertPanel asset={bitcoin} />, platform([alert('2', '70000')]))
  const name = /^Cancel.*Rises to \$70,000\.00$/
  await userEvent.click(await screen.findByRole('button', { name }))
  await screen.findByText('Price alert cancelled')
  await screen.findByText(/No alert is set/)
})

it('fails independently, and is read again on retry', async () => {
  let isUp = false
  const api = platform([], {
    AssetPriceAlerts: () =>
      isUp
        ? { data: { me: owner([]) } }
        : {
            data: { me: owner(null) },
            code: 'SUBGRAPH_UNAVAILABLE',
            serviceName: 'inventory',
            path: ['me', 'priceAlerts'],
          },
  })
  await renderPage(<PriceAlertPanel asset={bitcoin} />, api)
  const notice = await screen.findByRole('alert')
  expect(notice.textContent).toContain('Reference req_test')
  isUp = true
  await userEvent.click(within(notice).getByRole('button', { name: 'Retry' }))
  await screen.findByText(/No alert is set/)
})

it('says what price a change leads to, to the precision in which prices are shown', async () => {
  const odd = { ...bitcoin, quote: { price: '3046.89291', quotedAt: '2026-11-21T12:00:00.000Z' } }
  const moved = alert('1', '3199.23756', { changeBasisPoints: 500 })
  await renderPage(<PriceAlertPanel asset={odd as typeof bitcoin} />, platform([moved]))
  await (await list()).findByText('Rises by 5% to $3,199.24')
  const user = userEvent.setup()
  await user.click(screen.getByRole('radio', { name: '%' }))
  await user.type(screen.getByLabelText('Change in per cent'), '5')
  await screen.findByText('from the price now, $3,046.89, to about $3,199.24')
})
