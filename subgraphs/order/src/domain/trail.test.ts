import { price, quantity } from '@cnop/kit/money'
import { expect, it } from '@jest/globals'
import fc from 'fast-check'
import { placesOf } from './book.ts'
import type { Order, OrderSide } from './order.ts'
import { nextBest, trailed, trailingStop } from './trail.ts'
import { follow } from './trigger.ts'

const nowMs = Date.parse('2026-03-01T12:00:00.000Z')
const at = '2026-03-01T12:00:00.000Z'
const placedAt = '2026-03-01T11:00:00.000Z'

function trailingOrder(side: OrderSide, more: Partial<Order> = {}): Order {
  const bestPrice = price('100')
  const trail = { trailBasisPoints: 1_000, ...more }
  return {
    ...{ id: 'ord_0000000001', username: 'alice_1', side, type: 'TRAILING_STOP' },
    ...{ status: 'PENDING', assetId: 'BTC', quantity: quantity('1'), quoteAmount: undefined },
    ...{ feeBasisPoints: 0n, limitPrice: undefined, bestPrice, judgedAt: placedAt },
    ...{ stopPrice: trailingStop(side, trail, bestPrice), price: undefined, quotedAt: undefined },
    ...{ total: undefined, fee: undefined, heldCash: undefined, reason: undefined },
    ...{ expiresAt: undefined, createdAt: placedAt, updatedAt: placedAt, entrySequences: [1n] },
    ...trail,
  }
}

const stretch = (prices: readonly string[], minute: number, until = minute) => ({
  prices: prices.map((text) => price(text)),
  from: new Date(Date.parse(placedAt) + minute * 60_000).toISOString(),
  until: new Date(Date.parse(placedAt) + until * 60_000).toISOString(),
})

it.each([
  ['SELL', '100.499999999999', '100', '90'],
  ['SELL', '100.5', '100.5', '90.45'],
  ['BUY', '99.500000000001', '100', '110'],
  ['BUY', '99.5', '99.5', '109.45'],
] as const)('moves the stop of a %s at %s', (side, seen, best, stopPrice) => {
  const next = follow(trailingOrder(side), [stretch([seen], 1)], { nowMs, at })
  expect(next).toMatchObject({ bestPrice: price(best), stopPrice: price(stopPrice) })
})

it('waits in two books: for its stop, and for the price that moves it', () => {
  expect(placesOf(trailingOrder('SELL'))).toEqual([
    { book: { assetId: 'BTC', side: 'SELL', kind: 'STOP' }, price: price('90') },
    { book: { assetId: 'BTC', side: 'SELL', kind: 'TRAIL' }, price: price('100.5') },
  ])
  const ended = trailingOrder('SELL', { status: 'CANCELLED' })
  expect(placesOf(ended)).toEqual([])
})

it('steps by a 5,000th of the price where the distance is smaller', () => {
  const near = { trailBasisPoints: undefined, trailAmount: price('0.1') }
  expect(nextBest(trailingOrder('SELL', near))).toBe(price('100.02'))
})

it('waits for its stop only where no better price is left', () => {
  const far = { trailBasisPoints: undefined, trailAmount: price('50'), bestPrice: price('2.5') }
  expect(placesOf(trailingOrder('BUY', far)).map(({ book }) => book.kind)).toEqual(['STOP'])
})

it('takes a fall before a rise for no fall after it', () => {
  const order = trailingOrder('SELL')
  const rise = follow(order, [stretch(['95', '200'], 1)], { nowMs, at })
  expect(rise.stopPrice).toBe(price('180'))
  expect(rise.triggeredAt).toBeUndefined()
  const fall = follow(order, [stretch(['95', '200', '180'], 1)], { nowMs, at })
  expect(fall).toMatchObject({ triggerPrice: price('180'), stopPrice: price('180') })
})

it('takes nothing of a stretch that began before its stop moved last', () => {
  const moved = follow(trailingOrder('SELL'), [stretch(['200'], 1, 5)], { nowMs, at })
  expect(follow(moved, [stretch(['150'], 4)], { nowMs, at })).toBe(moved)
  expect(follow(moved, [stretch(['150'], 6)], { nowMs, at })).toMatchObject({ triggeredAt: at })
})

it('follows nothing past its time', () => {
  const due = trailingOrder('SELL', { expiresAt: at })
  expect(follow(due, [stretch(['200', '10'], 1)], { nowMs, at })).toBe(due)
})

/** Whether the stop of an order is between its exits, where it has some. */
function isBetween(order: Order): boolean {
  const { takeProfitPrice: profit, stopLossPrice: loss, stopPrice: stop = 0n } = order
  return profit === undefined || loss === undefined || (profit > stop && loss < stop)
}

it('never moves back, and stays behind by the distance, between its exits', () => {
  const cents = fc.integer({ min: 1, max: 100_000 })
  fc.assert(
    fc.property(fc.constantFrom('BUY', 'SELL'), fc.array(cents), (side, seen) => {
      const exits = { takeProfitPrice: price('200'), stopLossPrice: price('90') }
      let order = trailingOrder(side, side === 'BUY' ? exits : {})
      for (const each of seen) {
        const next = trailed(order, price((each / 100).toFixed(2)), at)
        const [before = 0n, after = 0n] = [order.bestPrice, next.bestPrice]
        expect(side === 'BUY' ? after <= before : after >= before).toBe(true)
        expect(next.stopPrice).toBe(trailingStop(side, next, next.bestPrice ?? price('0')))
        expect(isBetween(next)).toBe(true)
        order = next
      }
    }),
  )
})
