/** @jest-environment jsdom */
import '../testing/browser.ts'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { cleanup, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { renderPage } from '../testing/render-page.tsx'
import { placed, platform, preview } from '../testing/ticket-platform.ts'
import { Ticket } from './Ticket.tsx'

beforeEach(() => sessionStorage.clear())
afterEach(cleanup)

/** The answer to an order that waits. */
const waiting = (change: object) => {
  const { previewOrder } = (preview() as { data: { previewOrder: object } }).data
  return platform({
    TicketPreview: {
      data: { previewOrder: { ...previewOrder, outcome: 'WAIT', filledQuantity: '0', ...change } },
    },
  })
}

const valueOf = async (label: string) =>
  (await screen.findByText(label)).nextElementSibling?.textContent

it('says what is held once a buy that waits has filled', async () => {
  const user = userEvent.setup()
  const api = waiting({
    price: '40000',
    total: '400.00',
    cashAfter: '600.00',
    quantityAfter: '0.25',
  })
  await renderPage(<Ticket assetId="BTC" />, api)
  await user.click(await screen.findByRole('radio', { name: 'Limit' }))
  await user.type(screen.getByLabelText('Limit price'), '40000')
  await user.type(screen.getByLabelText('Quantity of BTC'), '0.01')
  expect(await valueOf('BTC once it fills')).toBe('0.26')
  expect(await valueOf('Cash afterwards')).toBe('$600.00 available, $400.00 held by open orders')
  expect(screen.queryByText('BTC afterwards')).toBeNull()
})

it('says what both prices of a sale bring that waits for either', async () => {
  const user = userEvent.setup()
  const api = waiting({ price: '45000', total: '450.00', quantityAfter: '0.24' })
  await renderPage(<Ticket assetId="BTC" side="SELL" />, api)
  await user.click(await screen.findByRole('radio', { name: 'Stop' }))
  await user.selectOptions(screen.getByLabelText('Kind of stop'), 'OCO')
  await user.type(screen.getByLabelText('Stop price'), '45000')
  await user.type(screen.getByLabelText('Limit price'), '55000')
  await user.type(screen.getByLabelText('Quantity of BTC'), '0.01')
  expect(await valueOf('You receive')).toBe(
    'at least $550.00 at the limit, or about $450.00 at the stop',
  )
  expect(await valueOf('BTC afterwards')).toBe('0.24 available, 0.01 held by open orders')
  // Nothing of it is there before a price is reached.
  expect(screen.queryByText('Cash afterwards')).toBeNull()
})

it('begins the hints of exits as sentences, and goes on after a price', async () => {
  const user = userEvent.setup()
  await renderPage(<Ticket assetId="BTC" />, platform())
  await user.click(await screen.findByLabelText('Sell again at a profit or a loss'))
  const field = screen.getByLabelText('Take profit at')
  const hint = () => document.getElementById(field.getAttribute('aria-describedby') ?? '')
  expect(hint()?.textContent).toBe('Above the price that you buy at.')
  await user.type(field, '60000')
  expect(hint()?.textContent).toBe('$60,000.00or better. Above the price that you buy at.')
})

it('says where what a filled order bought is sold again', async () => {
  const { data } = placed as { data: { placeOrder: { order: object } } }
  const order = { ...data.placeOrder.order, takeProfitPrice: '60000', stopLossPrice: '45000' }
  const TicketPlaceOrder = { data: { placeOrder: { ...data.placeOrder, order } } }
  const user = userEvent.setup()
  await renderPage(<Ticket assetId="BTC" />, platform({ TicketPlaceOrder }))
  await user.type(await screen.findByLabelText('Quantity of BTC'), '0.01')
  const review = screen.getByRole('button', { name: 'Review buy' })
  await waitFor(() => expect(review.getAttribute('aria-disabled')).toBeNull())
  await user.click(review)
  await user.click(await screen.findByRole('button', { name: 'Place order' }))
  await screen.findByText(
    /It is sold again at \$60,000\.00 or better, or once it is at \$45,000\.00 or below\.$/,
  )
})
