import { formatPrice, parsePrice, price, quantity, usd } from '@cnop/kit/money'
import { expect, it } from '@jest/globals'
import { placesOf } from './book.ts'
import { meets } from './fill-order.ts'
import type { Order, OrderSide } from './order.ts'
import { anyPrice, fillLimit } from './stop.ts'
import { triggered, triggers } from './trigger.ts'

const nowMs = Date.parse('2026-03-01T12:00:00.000Z')

const stop = (side: OrderSide, more: Partial<Order> = {}): Order => ({
  id: 'ord_0000000001',
  username: 'alice_1',
  side,
  type: 'STOP',
  status: 'PENDING',
  assetId: 'BTC',
  quantity: quantity('1'),
  quoteAmount: undefined,
  feeBasisPoints: 0n,
  limitPrice: undefined,
  stopPrice: price('100'),
  judgedAt: '2026-03-01T11:00:00.000Z',
  price: undefined,
  quotedAt: undefined,
  total: undefined,
  fee: undefined,
  heldCash: side === 'BUY' ? usd('105') : undefined,
  reason: undefined,
  expiresAt: undefined,
  createdAt: '2026-03-01T11:00:00.000Z',
  updatedAt: '2026-03-01T11:00:00.000Z',
  entrySequences: [1n],
  ...more,
})

const at = (text: string, quotedAt = '2026-03-01T11:30:00.000Z') => ({
  price: price(text),
  quotedAt,
})

it.each([
  ['BUY', '100', true],
  ['BUY', '100.000000000001', true],
  ['BUY', '99.999999999999', false],
  ['SELL', '100', true],
  ['SELL', '99.999999999999', true],
  ['SELL', '100.000000000001', false],
] as const)('triggers a %s at %s: %s', (side, text, isTriggered) => {
  expect(triggers(stop(side), at(text), nowMs)).toBe(isTriggered)
})

it.each([
  ['a price of the placement', stop('BUY'), '2026-03-01T11:00:00.000Z'],
  ['an older price', stop('BUY'), '2026-03-01T10:59:59.999Z'],
  ['an order that was triggered', stop('BUY', { triggeredAt: 'then' }), undefined],
  ['an order that has ended', stop('BUY', { status: 'CANCELLED' }), undefined],
  ['an order past its time', stop('BUY', { expiresAt: '2026-03-01T12:00:00.000Z' }), undefined],
  ['a limit order', stop('BUY', { stopPrice: undefined, limitPrice: price('100') }), undefined],
])('triggers nothing: %s', (_, order, quotedAt) => {
  expect(triggers(order, at('100', quotedAt), nowMs)).toBe(false)
})

it.each(['BUY', 'SELL'] as const)('waits for its stop, then fills a %s at any price', (side) => {
  const order = stop(side)
  const quote = { price: price('100'), quotedAt: '2026-03-01T11:59:59.000Z', isActive: true }
  expect(placesOf(order)).toMatchObject([{ book: { kind: 'STOP' }, price: price('100') }])
  expect(meets(order, quote, nowMs)).toBe(false)
  const after = triggered(order, at('100'), '2026-03-01T11:59:00.000Z')
  expect(placesOf(after)).toMatchObject([{ book: { kind: 'LIMIT' }, price: anyPrice(side) }])
  for (const text of ['0.000000000001', '1000000']) {
    expect(meets(after, { ...quote, price: price(text) }, nowMs)).toBe(true)
  }
})

it('waits for its limit once a stop-limit order was triggered', () => {
  const order = stop('BUY', { type: 'STOP_LIMIT', limitPrice: price('102') })
  expect(fillLimit(order)).toBeUndefined()
  expect(fillLimit(triggered(order, at('101'), 'now'))).toBe(price('102'))
})

it.each(['BUY', 'SELL'] as const)('can tell the matchers that a %s fills at any price', (side) => {
  expect(parsePrice(formatPrice(anyPrice(side)))).toBe(anyPrice(side))
})
