/** @jest-environment jsdom */
import '../testing/browser.ts'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import type { FakeAnswer } from '../testing/fake-api.ts'
import { createFakeStreams } from '../testing/fake-streams.ts'
import { renderPage } from '../testing/render-page.tsx'
import { platform, preview, withHeld } from '../testing/ticket-platform.ts'
import { Ticket } from './Ticket.tsx'

beforeEach(() => sessionStorage.clear())
afterEach(cleanup)

it('keeps the reviewed figures while the order is in flight, and cannot be closed', async () => {
  const { api, hold, release } = withHeld('TicketPlaceOrder')
  hold()
  const user = userEvent.setup()
  await renderPage(<Ticket assetId="BTC" />, api)
  await user.type(await screen.findByLabelText('Quantity of BTC'), '0.01')
  const review = screen.getByRole('button', { name: 'Review buy' })
  await waitFor(() => expect(review.getAttribute('aria-disabled')).toBeNull())
  await user.click(review)
  const dialog = await screen.findByRole('dialog')
  const figures = () => within(dialog).getByText('Cash afterwards').closest('dl')?.textContent
  const reviewed = figures()
  await user.click(within(dialog).getByRole('button', { name: 'Place order' }))

  await within(dialog).findByText('Sending your order…')
  expect(figures()).toBe(reviewed)
  expect(within(dialog).getByText(/Nothing is traded above \$50,500\.00/)).toBeTruthy()
  expect(within(dialog).getByRole('button', { name: 'Back' })).toHaveProperty('disabled', true)
  await user.keyboard('{Escape}')
  expect(screen.getByRole('dialog')).toBe(dialog)
  expect(screen.queryByText(/Working out/)).toBeNull()
  release()
  await screen.findByText('Bought 0.01 BTC')
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
})

const previewAt = (price: string, total: string, second = 0): FakeAnswer => {
  const { data } = preview() as { data: { previewOrder: object } }
  const quotedAt = `2026-11-21T12:00:0${second}.000Z`
  return {
    data: { previewOrder: { ...data.previewOrder, price, midPrice: price, total, quotedAt } },
  }
}

it('takes every line of the review from one price while the market moves', async () => {
  let now = previewAt('50000', '500.00')
  const { api, hold, held, release } = withHeld('TicketPreview', { TicketPreview: () => now })
  const streams = createFakeStreams()
  const user = userEvent.setup()
  await renderPage(<Ticket assetId="BTC" />, api, { streams })
  await user.type(await screen.findByLabelText('Quantity of BTC'), '0.01')
  const reviewButton = screen.getByRole('button', { name: 'Review buy' })
  await waitFor(() => expect(reviewButton.getAttribute('aria-disabled')).toBeNull())
  await user.click(reviewButton)
  const dialog = await screen.findByRole('dialog')
  const facts = async () =>
    (await within(dialog).findByText('Cash afterwards')).closest('dl')?.textContent
  expect(await facts()).toMatch(/Price now\$50,000\.00.*You pay\$500\.00/)

  now = previewAt('50100', '501.00', 2)
  hold()
  const live = { price: '50100', quotedAt: '2026-11-21T12:00:02.000Z', changePercent24h: null }
  const prices = [{ assetId: 'BTC', ...live, isActive: true, haltedSince: null }]
  streams.current('PriceTicks').send({ prices: { sequence: 1, isSnapshot: true, prices } })
  await waitFor(() => expect(held.length).toBeGreaterThan(0))
  expect(await facts()).toMatch(/Price now\$50,000\.00.*You pay\$500\.00/)
  release()
  await within(dialog).findByText('$501.00')
  expect(await facts()).toMatch(/about \$50,100.*Price now\$50,100\.00.*You pay\$501\.00/)
})

it('says in the review what the spread costs against the mid price', async () => {
  const user = userEvent.setup()
  const TicketPreview = preview(null, { price: '50025', total: '500.25' })
  await renderPage(<Ticket assetId="BTC" />, platform({ TicketPreview }))
  await user.type(await screen.findByLabelText('Quantity of BTC'), '0.01')
  const review = screen.getByRole('button', { name: 'Review buy' })
  await waitFor(() => expect(review.getAttribute('aria-disabled')).toBeNull())
  await user.click(review)
  const dialog = within(await screen.findByRole('dialog'))
  await dialog.findByText('$0.25 against the mid price of $50,000.00')
  dialog.getByText('Market · fills now at about $50,025.00')
  const facts = dialog.getByText('Price now').closest('dl')?.textContent
  expect(facts).toMatch(/Price now\$50,000\.00Average price\$50,025\.00/)
})

it('does not show an old preview when a quantity is typed again', async () => {
  let now = previewAt('50500', '505.00')
  const { api, hold, held, release } = withHeld('TicketPreview', { TicketPreview: () => now })
  const user = userEvent.setup()
  await renderPage(<Ticket assetId="BTC" />, api)
  const field = await screen.findByLabelText('Quantity of BTC')
  await user.type(field, '0.01')
  await screen.findByText('$505.00')

  now = previewAt('51000', '510.00')
  hold()
  await user.clear(field)
  await user.type(field, '0.01')
  await waitFor(() => expect(held.length).toBeGreaterThan(0))
  expect(screen.queryByText('$505.00')).toBeNull()
  expect(screen.getByRole('button', { name: 'Review buy' }).getAttribute('aria-disabled')).toBe(
    'true',
  )
  release()
  await screen.findByText('$510.00')
})
