import { describe, expect, it } from '@jest/globals'
import { changesIn, editedOrder, fieldsOf, type Order, shownFields, typedIn } from './edit-order.ts'

const order = (more: object = {}): Order => {
  const open = {
    ...{ id: 'ord_0000000001', assetId: 'BTC', side: 'BUY', type: 'LIMIT', status: 'PENDING' },
    ...{ remainingQuantity: '0.01', limitPrice: '60000', stopPrice: null, stopLimitPrice: null },
    ...{ takeProfitPrice: null, stopLossPrice: null, stopLossLimitPrice: null },
    ...{ trailAmount: null, trailBasisPoints: null, triggeredAt: null, expiresAt: null },
  }
  return { ...open, ...more } as unknown as Order
}

const noDay = { day: '', lastDay: '' }
const inputs = (of: Order) => fieldsOf(of).map(({ input }) => input)
const changed = (of: Order, texts: object) => changesIn(fieldsOf(of), { texts, ...noDay })

describe('the fields of an open order', () => {
  it('are what the order has, and what it may get', () => {
    const exits = ['takeProfitPrice', 'stopLossPrice', 'stopLossLimitPrice']
    expect(inputs(order())).toEqual(['quantity', 'limitPrice', ...exits])
    expect(inputs(order({ side: 'SELL' }))).toEqual(['quantity', 'limitPrice'])
    const oco = { type: 'OCO', side: 'SELL', stopPrice: '50000' }
    expect(inputs(order(oco))).toEqual(['quantity', 'limitPrice', 'stopPrice', 'stopLimitPrice'])
    const triggered = { ...oco, stopLimitPrice: '49000', triggeredAt: '2026-11-21T12:00:00.000Z' }
    expect(inputs(order(triggered))).toEqual(['quantity', 'limitPrice'])
    const trailing = { type: 'TRAILING_STOP', limitPrice: null, stopPrice: '61500' }
    expect(inputs(order({ ...trailing, trailBasisPoints: 250 }))).toEqual([
      'quantity',
      'trailBasisPoints',
    ])
  })

  it('have the limit of a stop loss only with a stop loss', () => {
    const names = (texts: object) => shownFields(fieldsOf(order()), texts).map(({ input }) => input)
    expect(names({})).not.toContain('stopLossLimitPrice')
    expect(names({ stopLossPrice: '50000' })).toContain('stopLossLimitPrice')
  })

  it('say what is missing where an order needs it', () => {
    const [quantity, limit, profit] = fieldsOf(order())
    expect(typedIn(quantity!, { quantity: ' ' }).problem).toBe('An order like this needs it.')
    expect(typedIn(limit!, { limitPrice: '' }).problem).toBe('An order like this needs it.')
    expect(typedIn(profit!, { takeProfitPrice: '' })).toEqual({})
  })
})

describe('the changes of an open order', () => {
  it('are only what is another number', () => {
    expect(changed(order(), { limitPrice: '60,000.00', quantity: '0.010' })).toEqual({
      isRight: true,
      changes: {},
    })
    expect(changed(order(), { limitPrice: '59000', takeProfitPrice: '70000' })).toEqual({
      isRight: true,
      changes: { limitPrice: '59000', takeProfitPrice: '70000' },
    })
    expect(changed(order(), { limitPrice: '6x' }).isRight).toBe(false)
  })

  it('take a price away that was emptied', () => {
    const exits = { takeProfitPrice: '70000', stopLossPrice: '50000', stopLossLimitPrice: '49000' }
    const { changes } = changed(order(exits), { takeProfitPrice: '', stopLossLimitPrice: '' })
    expect(changes).toEqual({ removeTakeProfit: true, removeStopLossLimit: true })
    // The limit of the stop loss goes with it.
    expect(changed(order(exits), { stopLossPrice: '' }).changes).toEqual({ removeStopLoss: true })
    const oco = order({ type: 'OCO', stopPrice: '66000', stopLimitPrice: '67000' })
    expect(changed(oco, { stopLimitPrice: '' }).changes).toEqual({ removeStopLimit: true })
  })

  it('have a distance in hundredths of a per cent, within its range', () => {
    const trailing = order({ type: 'TRAILING_STOP', limitPrice: null, trailBasisPoints: 250 })
    const texts = { trailBasisPoints: '3.25%' }
    expect(changed(trailing, texts).changes).toEqual({ trailBasisPoints: 325 })
    expect(editedOrder(trailing, fieldsOf(trailing), { texts, ...noDay })).toMatchObject({
      trailBasisPoints: 325,
    })
    expect(changed(trailing, { trailBasisPoints: '51' }).isRight).toBe(false)
  })

  it('have a last day, or none', () => {
    const wait = (day: string, lastDay: string) =>
      changesIn(fieldsOf(order()), { texts: {}, day, lastDay }).changes
    expect(wait('2026-12-31', '2026-12-31')).toEqual({})
    expect(wait('', '2026-12-31')).toEqual({ timeInForce: 'GTC' })
    expect(wait('2026-12-31', '')).toMatchObject({ timeInForce: 'GTD' })
  })
})
