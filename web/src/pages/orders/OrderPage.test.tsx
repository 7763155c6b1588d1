/** @jest-environment jsdom */
import '../../testing/browser.ts'
import { afterEach, expect, it } from '@jest/globals'
import { cleanup, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { Route, Routes } from 'react-router'
import { formatDateTime, formatMoment } from '../../format/time.ts'
import { createFakeApi, type FakeAnswer, type FakeOperations } from '../../testing/fake-api.ts'
import { renderPage } from '../../testing/render-page.tsx'
import { OrderPage } from './OrderPage.tsx'

afterEach(cleanup)

const id = 'ord_0000000001'
const expiresAt = '2026-12-31T22:59:59.999Z'

const order = (status: string): object => ({
  __typename: 'Order',
  id,
  assetId: 'BTC',
  side: 'BUY',
  type: 'LIMIT',
  status,
  quantity: '0.01',
  filledQuantity: status === 'COMPLETED' ? '0.01' : '0',
  remainingQuantity: status === 'COMPLETED' ? '0' : '0.01',
  fills: [],
  price: null,
  limitPrice: '40000',
  stopPrice: null,
  stopLimitPrice: null,
  trailAmount: null,
  trailBasisPoints: null,
  bestPrice: null,
  takeProfitPrice: null,
  stopLossPrice: null,
  stopLossLimitPrice: null,
  exitOrderId: null,
  entryOrderId: null,
  lots: null,
  lotsGone: false,
  triggeredAt: null,
  triggerPrice: null,
  total: null,
  fee: null,
  liquidity: null,
  feeBasisPoints: 0,
  heldCash: status === 'PENDING' ? '400.00' : null,
  quotedAt: null,
  timeInForce: 'GTD',
  expiresAt,
  clientOrderId: null,
  replaces: null,
  replacedBy: null,
  reason: null,
  createdAt: '2026-11-21T12:00:00.000Z',
  updatedAt: '2026-11-21T12:00:00.000Z',
  asset: { __typename: 'Asset', id: 'BTC', name: 'Bitcoin' },
})

const entry = (kind: string, sequence: number, cashHeldChange: string) => ({
  __typename: 'JournalReceipt',
  id: `ent_${sequence}`,
  kind,
  sequence,
  cashChange: '0.00',
  cashHeldChange,
  quantityChange: '0',
  quantityHeldChange: '0',
  basis: null,
  realisedGain: null,
  hash: `${sequence}`.repeat(64),
  previousHash: `${sequence - 1}`.repeat(64),
  createdAt: '2026-11-21T12:00:00.000Z',
})

const receipt = (...entries: readonly object[]): FakeAnswer => ({
  data: { order: { __typename: 'Order', id, receipt: entries } },
})

const show = (operations: FakeOperations) => {
  const api = createFakeApi({ OrdersOrder: { data: { order: order('PENDING') } }, ...operations })
  const page = (
    <Routes>
      <Route path="/orders/:id" element={<OrderPage />} />
    </Routes>
  )
  return renderPage(page, api, { at: `/orders/${id}` })
}

it('shows the expiry of the order, and its receipt with the hash chain', async () => {
  await show({ OrdersReceipt: receipt(entry('HOLD', 7, '400.00')) })
  const table = within(await screen.findByRole('table', { name: 'Journal receipt' }))
  table.getByText('Set aside')
  table.getByText('+$400.00')
  expect(table.getByTitle('7'.repeat(64)).textContent).toBe('7777777777…')
  expect(table.getByTitle('6'.repeat(64)).textContent).toBe('6666666666…')
  screen.getByRole('heading', { name: 'Buy 0.01 BTC' })
  screen.getByText(formatDateTime(expiresAt))
})

it('says what the sales of the order gained, in all of its parts', async () => {
  const sale = (sequence: number, basis: string, realisedGain: string) => ({
    ...entry('HOLD', sequence, '0.00'),
    ...{ kind: 'SELL', basis, realisedGain },
  })
  await show({ OrdersReceipt: receipt(sale(7, '300.00', '20.50'), sale(8, '100.00', '-0.25')) })
  const gain = await screen.findByText(/^Realised gain/)
  expect(gain.textContent).toBe('Realised gain +$20.25 over a cost of $400.00')
})

it('says what a stop order waits for, what triggered it and what replaced it', async () => {
  const stop = { ...order('CANCELLED'), type: 'STOP', limitPrice: null, stopPrice: '70000' }
  const replaced = { replacedBy: 'ord_0000000002', clientOrderId: 'grid 7' }
  const trigger = { triggeredAt: '2026-11-21T12:30:00.000Z', triggerPrice: '70100' }
  await show({ OrdersOrder: { data: { order: { ...stop, ...replaced, ...trigger } } } })
  await screen.findByText('Replaced')
  screen.getByText('Stop')
  screen.getByText('$70,000.00')
  screen.getByText('$70,100.00')
  screen.getByText('grid 7')
  expect(screen.getByRole('link', { name: 'A later order' }).getAttribute('href')).toBe(
    '/orders/ord_0000000002',
  )
})

it('says at which rate a fill was charged, and whether it made or took', async () => {
  const fill = { ...order('COMPLETED'), price: '39999', total: '400.40', fee: '0.41' }
  const charged = { ...fill, liquidity: 'MAKER', feeBasisPoints: 10 }
  await show({ OrdersOrder: { data: { order: charged } } })
  await screen.findByText('0.1%, maker')
  screen.getByText('$0.41')
})

it('shows the asset that a sale has set aside', async () => {
  const held = { ...entry('HOLD', 7, '0.00'), quantityHeldChange: '0.01' }
  await show({ OrdersReceipt: receipt(held) })
  const table = within(await screen.findByRole('table', { name: 'Journal receipt' }))
  table.getByText('+0.01 BTC')
})

it('reads the receipt again when the order is cancelled', async () => {
  let isCancelled = false
  await show({
    OrdersOrder: () => ({ data: { order: order(isCancelled ? 'CANCELLED' : 'PENDING') } }),
    OrdersReceipt: () =>
      isCancelled
        ? receipt(entry('HOLD', 7, '400.00'), entry('RELEASE', 8, '-400.00'))
        : receipt(entry('HOLD', 7, '400.00')),
    OrdersCancel: () => {
      isCancelled = true
      const cancelOrder = { __typename: 'CancelOrderPayload', order: order('CANCELLED') }
      return { data: { cancelOrder } }
    },
  })
  await screen.findByText('Set aside')
  await userEvent.click(await screen.findByRole('button', { name: /^Cancel/ }))
  await userEvent.click(screen.getByRole('button', { name: /^Cancel order/ }))
  await screen.findByText('Returned')
  expect(document.activeElement).toBe(screen.getByRole('heading', { level: 1 }))
})

it('shows the details when the receipt cannot be read', async () => {
  await show({
    OrdersReceipt: {
      code: 'SUBGRAPH_UNAVAILABLE',
      serviceName: 'order',
      data: { order: { __typename: 'Order', id, receipt: null } },
      path: ['order', 'receipt'],
    },
  })
  const notice = await screen.findByRole('alert')
  expect(notice.textContent).toContain('Reference req_test')
  await screen.findByText('Good till')
})

it('tells the time of the price and of its entries to the second', async () => {
  const quotedAt = '2026-11-21T12:00:07.000Z'
  await show({
    OrdersOrder: { data: { order: { ...order('COMPLETED'), price: '40000', quotedAt } } },
    OrdersReceipt: receipt(entry('BUY', 7, '0.00')),
  })
  const label = await screen.findByText('Time of the price')
  expect(label.nextElementSibling?.textContent).toBe(formatMoment(quotedAt))
  expect(formatMoment(quotedAt)).toMatch(/:07$/)
  const table = within(await screen.findByRole('table', { name: 'Journal receipt' }))
  table.getByText(/:00:00$/)
})
