/** @jest-environment jsdom */
import '../testing/browser.ts'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { cleanup, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { renderPage } from '../testing/render-page.tsx'
import { platform } from '../testing/ticket-platform.ts'
import type { DraftedOrder } from './amounts.ts'
import { farLimit, restingLimit } from './term-facts.tsx'
import { Ticket } from './Ticket.tsx'
import type { Preview } from './use-preview.ts'

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

const order = { assetId: 'BTC', quantity: '0.01' }
const waits = { outcome: 'REST', price: '50000', refusal: null } as unknown as Preview
const fills = { ...waits, outcome: 'FILL' } satisfies Preview

it.each<[string, DraftedOrder, Preview, ReturnType<typeof farLimit>]>([
  [
    'a limit that fills now',
    { ...order, side: 'BUY', type: 'LIMIT', limitPrice: '90000' },
    fills,
    { side: 'BUY', isStop: false, from: '50000', limitPrice: '90000', level: 'danger' },
  ],
  [
    'a limit that waits',
    { ...order, side: 'BUY', type: 'LIMIT', limitPrice: '30000' },
    waits,
    undefined,
  ],
  [
    'the limit of a stop',
    { ...order, side: 'SELL', type: 'STOP_LIMIT', stopPrice: '40000', limitPrice: '4000' },
    waits,
    { side: 'SELL', isStop: true, from: '40000', limitPrice: '4000', level: 'danger' },
  ],
  [
    'a limit that is near its stop, though far from the market',
    { ...order, side: 'SELL', type: 'STOP_LIMIT', stopPrice: '10000', limitPrice: '9900' },
    waits,
    undefined,
  ],
  [
    'the limit of the stop of an OCO order',
    {
      ...{ ...order, side: 'SELL', type: 'OCO', limitPrice: '60000' },
      ...{ stopPrice: '40000', stopLimitPrice: '35000' },
    },
    waits,
    { side: 'SELL', isStop: true, from: '40000', limitPrice: '35000', level: 'warning' },
  ],
  [
    'the limit of the stop loss of a buy, which is a sale',
    {
      ...{ ...order, side: 'BUY', type: 'LIMIT', limitPrice: '49000' },
      ...{ stopLossPrice: '40000', stopLossLimitPrice: '400' },
    },
    waits,
    { side: 'SELL', isStop: true, from: '40000', limitPrice: '400', level: 'danger' },
  ],
])('measures %s from the price from which it may fill', (_, drafted, preview, far) => {
  expect(farLimit({ order: drafted, preview })).toEqual(far)
})

it.each<[string, DraftedOrder, boolean]>([
  [
    'a sale above its stop',
    { ...order, side: 'SELL', type: 'STOP_LIMIT', stopPrice: '40000', limitPrice: '41000' },
    true,
  ],
  [
    'a buy below its stop',
    { ...order, side: 'BUY', type: 'STOP_LIMIT', stopPrice: '60000', limitPrice: '59000' },
    true,
  ],
  [
    'a sale at its stop',
    { ...order, side: 'SELL', type: 'STOP_LIMIT', stopPrice: '40000', limitPrice: '40000' },
    false,
  ],
  [
    'an OCO order whose own limit is above its stop',
    { ...order, side: 'SELL', type: 'OCO', limitPrice: '60000', stopPrice: '40000' },
    false,
  ],
])('finds the limit that would wait once more of %s', (_, drafted, isFound) => {
  expect(restingLimit(drafted) !== undefined).toBe(isFound)
})
