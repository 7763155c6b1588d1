/** @jest-environment jsdom */
import '../testing/browser.ts'
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals'
import { cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { renderPage } from '../testing/render-page.tsx'
import { placed, placedBy, platform, preview } from '../testing/ticket-platform.ts'
import { AmountPrivacy } from '../ui/amounts.tsx'
import { Ticket } from './Ticket.tsx'

beforeEach(() => sessionStorage.clear())
afterEach(cleanup)

const keyOf = (call: { variables: Readonly<Record<string, unknown>> } | undefined): unknown =>
  (call?.variables['input'] as { key: string } | undefined)?.key

async function buy(user: ReturnType<typeof userEvent.setup>, amount = '0.01') {
  await user.type(await screen.findByLabelText('Quantity of BTC'), amount)
  const review = screen.getByRole('button', { name: 'Review buy' })
  await waitFor(() => expect(review.getAttribute('aria-disabled')).toBeNull())
  await user.click(review)
  await user.click(await screen.findByRole('button', { name: 'Place order' }))
}

it('places the previewed order with a worst price, and starts again with a new key', async () => {
  const api = platform()
  const user = userEvent.setup()
  await renderPage(<Ticket assetId="BTC" />, api)

  await buy(user)
  await screen.findByText('Bought 0.01 BTC')
  await waitFor(() => expect(screen.getByLabelText('Quantity of BTC')).toHaveProperty('value', ''))
  await buy(user)
  await waitFor(() => expect(placedBy(api)).toHaveLength(2))

  const [first, second] = placedBy(api)
  expect(first?.variables['input']).toMatchObject({ quantity: '0.01', worstPrice: '50500' })
  expect(keyOf(first)).toMatch(/^[0-9a-f]{32}$/)
  expect(keyOf(second)).not.toBe(keyOf(first))
})

it('repeats an unanswered order unchanged with the same key, even after a reload', async () => {
  let isReachable = false
  const api = platform({ TicketPlaceOrder: () => (isReachable ? placed : 'unreachable') })
  const user = userEvent.setup()
  const { unmount } = await renderPage(<Ticket assetId="BTC" />, api)
  await buy(user)
  await screen.findByText('Did your last order go through?')
  unmount()

  isReachable = true
  await renderPage(<Ticket assetId="BTC" />, api)
  expect(await screen.findByLabelText('Quantity of BTC')).toHaveProperty('disabled', true)
  await user.click(screen.getByRole('button', { name: 'Send the order again (buy 0.01 BTC)' }))
  await screen.findByText('Your order went through')
  await screen.findByText(/^Bought 0\.01 BTC once, on .*2026/)
  expect(screen.queryByText('Bought 0.01 BTC')).toBeNull()

  const [first, second] = placedBy(api)
  expect(second?.variables).toEqual(first?.variables)
})

it('speaks of a fee only where there is one', async () => {
  const user = userEvent.setup()
  await renderPage(<Ticket assetId="BTC" />, platform())
  await user.click(await screen.findByRole('radio', { name: 'USD' }))
  await user.type(screen.getByLabelText('Amount in US dollars'), '500')
  const review = screen.getByRole('button', { name: 'Review buy' })
  await waitFor(() => expect(review.getAttribute('aria-disabled')).toBeNull())
  await user.click(review)
  await screen.findByText(/You never pay more than \$500\.00\.$/)
  expect(document.body.textContent).not.toMatch(/fee/i)
})

it('keeps draft and key over a reload', async () => {
  const api = platform()
  const user = userEvent.setup()
  const { unmount } = await renderPage(<Ticket assetId="BTC" />, api)
  await user.type(await screen.findByLabelText('Quantity of BTC'), '0.02')
  unmount()
  await renderPage(<Ticket assetId="BTC" />, api)
  expect(await screen.findByLabelText('Quantity of BTC')).toHaveProperty('value', '0.02')
})

it('blocks an order whose preview is refused, and shows why', async () => {
  const api = platform({ TicketPreview: preview('INSUFFICIENT_FUNDS') })
  const user = userEvent.setup()
  await renderPage(<Ticket assetId="BTC" />, api)
  await user.type(await screen.findByLabelText('Quantity of BTC'), '9')
  await screen.findByText('Your available cash does not cover this.')
  expect(screen.queryByText('You pay')).toBeNull()
  expect(screen.queryByText('Cash afterwards')).toBeNull()
  expect(screen.getByRole('button', { name: 'Review buy' }).getAttribute('aria-disabled')).toBe(
    'true',
  )
})

it('shows a refusal beside the button that placed the order, and what to do next', async () => {
  const api = platform({ TicketPlaceOrder: { code: 'PRICE_MOVED', serviceName: 'order' } })
  const user = userEvent.setup()
  await renderPage(<Ticket assetId="BTC" />, api)
  await buy(user)
  const dialog = within(screen.getByRole('dialog'))
  const notice = await dialog.findByRole('alert')
  expect(notice.textContent).toMatch(
    /^The order was not placed\. The price moved .* place the order at it, or go back\./,
  )
  dialog.getByText('Reference req_test')
  const place = dialog.getByRole('button', { name: 'Place order' })
  await waitFor(() => expect(place.getAttribute('aria-disabled')).toBeNull())
  dialog.getByText('Cash afterwards')
  await user.click(dialog.getByRole('button', { name: 'Back' }))
  expect(screen.queryByText(/The order was not placed/)).toBeNull()
})

it('shows the refusal of a field on placing at that field', async () => {
  const details = { field: 'quantity', reason: 'must be at most 5' }
  const api = platform({ TicketPlaceOrder: { code: 'BAD_USER_INPUT', details } })
  const user = userEvent.setup()
  await renderPage(<Ticket assetId="BTC" />, api)
  await buy(user)
  await screen.findByText('This must be at most 5.')
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(screen.getByLabelText('Quantity of BTC').getAttribute('aria-invalid')).toBe('true')
  screen.getByText('Nothing has been placed. Correct the quantity above.')
})

it('sells everything that is available at 100 per cent', async () => {
  const api = platform()
  const user = userEvent.setup()
  await renderPage(<Ticket assetId="BTC" side="SELL" />, api)
  await screen.findByText('0.25 BTC')
  await user.click(screen.getByRole('button', { name: '100%' }))
  expect(screen.getByLabelText('Quantity of BTC')).toHaveProperty('value', '0.25')
})

it('fills in no balance in hide-amounts mode', async () => {
  await renderPage(
    <AmountPrivacy areHidden>
      <Ticket assetId="BTC" side="SELL" />
    </AmountPrivacy>,
    platform(),
  )
  await screen.findByText('Show amounts to choose a share.')
  expect(screen.getByRole('button', { name: '100%' })).toHaveProperty('disabled', true)
})

it('calls less than a cent so, although it would cost one', async () => {
  const tiny = { ...(preview() as { data: { previewOrder: object } }).data.previewOrder }
  const previewOrder = { ...tiny, quantity: '0.00000001', total: '0.01' }
  const user = userEvent.setup()
  await renderPage(
    <Ticket assetId="BTC" />,
    platform({ TicketPreview: { data: { previewOrder } } }),
  )
  await user.type(await screen.findByLabelText('Quantity of BTC'), '0.00000001')
  await screen.findByText('< $0.01')
})

it('puts the focus into the amount for who comes by a shortcut', async () => {
  await renderPage(<Ticket assetId="BTC" />, platform(), {
    at: { pathname: '/trade', state: { isToAmount: true } },
  })
  expect(document.activeElement).toBe(await screen.findByLabelText('Quantity of BTC'))
})

it('calls a draft that comes back wrong only after something was done in it', async () => {
  const user = userEvent.setup()
  const { unmount } = await renderPage(<Ticket assetId="BTC" />, platform())
  const field = async () => screen.findByLabelText('Quantity of BTC')
  const isRed = async () => (await field()).getAttribute('aria-invalid') === 'true'
  const turnTo = (side: string) => user.click(screen.getByRole('button', { name: side }))
  await user.type(await field(), '1x')
  expect(await isRed()).toBe(true)
  await turnTo('Sell')
  expect(await field()).toHaveProperty('value', '1x')
  expect(await isRed()).toBe(false)
  await user.type(await field(), 'y')
  expect(await isRed()).toBe(true)
  await turnTo('Buy')
  expect(await field()).toHaveProperty('value', '1x')
  expect(await isRed()).toBe(false)
  // The reason is there all the same.
  screen.getByText(/^The letter “x”/)
  await user.click(screen.getByRole('button', { name: 'Review buy' }))
  expect(await isRed()).toBe(true)
  unmount()
  await renderPage(<Ticket assetId="BTC" />, platform())
  expect(await field()).toHaveProperty('value', '1x')
  ;(await field()).focus()
  expect(await isRed()).toBe(false)
  await user.tab()
  expect(await isRed()).toBe(true)
})

it('states that it waits for the connection', async () => {
  const online = jest.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
  const user = userEvent.setup()
  await renderPage(<Ticket assetId="BTC" />, platform())
  await user.type(await screen.findByLabelText('Quantity of BTC'), '0.01')
  expect(screen.getByText(/^Waiting for the connection/)).toBeTruthy()
  online.mockRestore()
})

it('names the chosen lots of a sale, the oldest first, and shows what it would gain', async () => {
  const gain = { basis: '3350.00', realisedGain: '650.00' }
  const api = platform({ TicketPreview: preview(null, gain) })
  const user = userEvent.setup()
  await renderPage(<Ticket assetId="BTC" side="SELL" />, api)

  await user.type(await screen.findByLabelText('Quantity of BTC'), '0.08')
  await user.click(screen.getByLabelText('Choose the lots to sell'))
  const button = screen.getByRole('button', { name: 'Review sale' })
  await user.click(await screen.findByLabelText(/5 Jan 2026/))
  await screen.findByText('Choose more lots: these hold less.')
  await user.click(screen.getByLabelText(/1 Mar 2026/))
  await waitFor(() => expect(button.getAttribute('aria-disabled')).toBeNull())
  expect(screen.getByText(/over a cost of/).textContent).toBe('+$650.00 over a cost of $3,350.00')
  await user.click(button)
  await user.click(await screen.findByRole('button', { name: 'Place order' }))
  await waitFor(() => expect(placedBy(api)).toHaveLength(1))
  expect(placedBy(api)[0]?.variables['input']).toMatchObject({
    quantity: '0.08',
    lots: [
      { acquiredOn: '2026-01-05', quantity: '0.05' },
      { acquiredOn: '2026-03-01', quantity: '0.03' },
    ],
  })
})
