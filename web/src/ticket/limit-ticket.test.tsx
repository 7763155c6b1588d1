/** @jest-environment jsdom */
import '../testing/browser.ts'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { formatDateTime } from '../format/time.ts'
import { renderPage } from '../testing/render-page.tsx'
import { placedBy, platform } from '../testing/ticket-platform.ts'
import { endOfDay, expiryBounds } from './expiry.ts'
import { Ticket } from './Ticket.tsx'

beforeEach(() => sessionStorage.clear())
afterEach(cleanup)

async function draftLimit(user: ReturnType<typeof userEvent.setup>) {
  await user.click(await screen.findByRole('radio', { name: 'Limit' }))
  await user.type(screen.getByLabelText('Quantity of BTC'), '0.01')
}

async function draftUntil(user: ReturnType<typeof userEvent.setup>, day: string) {
  await draftLimit(user)
  await user.selectOptions(screen.getByLabelText('Time in force'), 'Until a date')
  screen.getByText('Choose the last day first.')
  fireEvent.change(screen.getByLabelText(/^Good till/), { target: { value: day } })
}

it('fills in the price now as the limit, under another name than the order type has', async () => {
  const user = userEvent.setup()
  await renderPage(<Ticket assetId="BTC" />, platform())
  await user.click(await screen.findByRole('radio', { name: 'Limit' }))
  const limit = screen.getByLabelText('Limit price')
  await user.clear(limit)
  const fill = screen.getByRole('button', { name: 'Use the price now' })
  expect(fill.textContent).toBe('Price now')
  await user.click(fill)
  expect(limit).toHaveProperty('value', '50000.00')
  expect(screen.getAllByText('Market')).toHaveLength(1)
})

it('places a limit order until it is cancelled unless a last day is selected', async () => {
  const api = platform()
  const user = userEvent.setup()
  await renderPage(<Ticket assetId="BTC" />, api)
  await draftLimit(user)
  const review = screen.getByRole('button', { name: 'Review buy' })
  await waitFor(() => expect(review.getAttribute('aria-disabled')).toBeNull())
  expect(screen.getByText('you cancel it')).toBeTruthy()
  await user.click(review)
  await user.click(await screen.findByRole('button', { name: 'Place order' }))
  await waitFor(() => expect(placedBy(api)).toHaveLength(1))
  expect(placedBy(api)[0]?.variables['input']).not.toHaveProperty('expiresAt')
})

it('shows the refusal of an input at its field', async () => {
  const details = { field: 'limitPrice', reason: 'must be at most 40000' }
  const user = userEvent.setup()
  const api = platform({ TicketPreview: { code: 'BAD_USER_INPUT', details } })
  await renderPage(<Ticket assetId="BTC" />, api)
  await draftLimit(user)
  await screen.findByText('This must be at most 40000.')
  expect(screen.getByLabelText('Limit price').getAttribute('aria-invalid')).toBe('true')
  expect(screen.getByText('Correct the limit price first.')).toBeTruthy()
  expect(screen.queryByRole('alert')).toBeNull()
})

it('previews and places a limit order that is good till the end of a day', async () => {
  const api = platform()
  const user = userEvent.setup()
  const { last } = expiryBounds(Date.now())
  const expiresAt = endOfDay(last)
  await renderPage(<Ticket assetId="BTC" />, api)
  await draftUntil(user, last)
  const review = screen.getByRole('button', { name: 'Review buy' })
  await waitFor(() => expect(review.getAttribute('aria-disabled')).toBeNull())
  screen.getByText(formatDateTime(expiresAt ?? ''))
  await user.click(review)
  await user.click(await screen.findByRole('button', { name: 'Place order' }))
  await waitFor(() => expect(placedBy(api)).toHaveLength(1))
  expect(placedBy(api)[0]?.variables['input']).toMatchObject({ limitPrice: '50000', expiresAt })
  const previews = api.calls.filter(({ operation }) => operation === 'TicketPreview')
  expect(previews.at(-1)?.variables['input']).toMatchObject({ expiresAt })
  // The next order again waits until it is cancelled.
  await waitFor(() => expect(screen.getByLabelText('Time in force')).toHaveProperty('value', 'GTC'))
})

it('blocks an order whose last day has passed, and states so', async () => {
  const user = userEvent.setup()
  await renderPage(<Ticket assetId="BTC" />, platform())
  await draftUntil(user, '2020-01-01')
  await screen.findByText('This day is over.')
  expect(screen.getByRole('button', { name: 'Review buy' }).getAttribute('aria-disabled')).toBe(
    'true',
  )
})
