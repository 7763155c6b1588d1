/** @jest-environment jsdom */
import '../testing/browser.ts'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { cleanup, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { renderPage } from '../testing/render-page.tsx'
import { platform } from '../testing/ticket-platform.ts'
import { Ticket } from './Ticket.tsx'

beforeEach(() => sessionStorage.clear())
afterEach(cleanup)

async function reviewLimit(price: string) {
  const user = userEvent.setup()
  const api = platform()
  await renderPage(<Ticket assetId="BTC" />, api)
  await user.click(await screen.findByRole('radio', { name: 'Limit' }))
  await user.clear(screen.getByLabelText('Limit price'))
  await user.type(screen.getByLabelText('Limit price'), price)
  await user.type(screen.getByLabelText('Quantity of BTC'), '0.01')
  const review = screen.getByRole('button', { name: 'Review buy' })
  await waitFor(() => expect(review.getAttribute('aria-disabled')).toBeNull())
  return { user, api, review }
}

it('has a limit that is very far beyond the market confirmed on its own', async () => {
  const { user, api, review } = await reviewLimit('500000')
  screen.getByText(/^900\.00% above the price now, .*\. Is this meant\?$/)
  await user.click(review)
  await screen.findByText('This limit is very far from the market')
  const place = screen.getByRole('button', { name: 'Place order' })
  await screen.findByText('Confirm the limit price first.')
  await user.click(place)
  expect(api.calls.some(({ operation }) => operation === 'TicketPlaceOrder')).toBe(false)
  await user.click(screen.getByRole('checkbox', { name: 'I mean a limit of $500,000.00' }))
  await user.click(place)
  await waitFor(() =>
    expect(api.calls.some(({ operation }) => operation === 'TicketPlaceOrder')).toBe(true),
  )
})

it('only warns of one that is less far', async () => {
  const { user, review } = await reviewLimit('60000')
  await user.click(review)
  await screen.findByText('Is this limit meant?')
  expect(screen.queryByRole('checkbox', { name: /^I mean/ })).toBeNull()
})
