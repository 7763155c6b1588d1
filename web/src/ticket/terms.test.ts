import { describe, expect, it } from '@jest/globals'
import { draftOrder } from './amounts.ts'
import { type Draft, emptyDraft, withType } from './draft.ts'

const draft = (change: Partial<Draft>): Draft => ({ ...emptyDraft, amount: '2', ...change })
const order = (change: Partial<Draft>, marketPrice = '100') =>
  draftOrder('BTC', draft(change), { marketPrice })

describe('the terms of a drafted order', () => {
  it.each<[Partial<Draft>, object]>([
    [{ type: 'STOP', stopPrice: '1,100' }, { stopPrice: '1100' }],
    [
      { type: 'STOP_LIMIT', stopPrice: '110', limitPrice: '111' },
      { stopPrice: '110', limitPrice: '111' },
    ],
    [
      { type: 'OCO', stopPrice: '110', limitPrice: '90' },
      { stopPrice: '110', limitPrice: '90' },
    ],
    [
      { type: 'OCO', stopPrice: '110', limitPrice: '90', stopLimit: '112' },
      { stopPrice: '110', limitPrice: '90', stopLimitPrice: '112' },
    ],
    [{ type: 'TRAILING_STOP', trail: '2.25 %' }, { trailBasisPoints: 225 }],
    [
      { type: 'TRAILING_STOP', trail: '1', hasExits: true, stopLoss: '80', stopLossLimit: '79' },
      { trailBasisPoints: 100, stopLossPrice: '80', stopLossLimitPrice: '79' },
    ],
    [{ type: 'TRAILING_STOP', trail: '5.5', trailUnit: 'PRICE' }, { trailAmount: '5.5' }],
    [
      { type: 'LIMIT', limitPrice: '90', wait: 'FOK' },
      { limitPrice: '90', timeInForce: 'FOK' },
    ],
    [
      { type: 'STOP', stopPrice: '110', wait: 'DAY' },
      { stopPrice: '110', timeInForce: 'DAY' },
    ],
    [{ hasExits: true, takeProfit: '120' }, { takeProfitPrice: '120' }],
    [{ hasExits: true, stopLoss: '80' }, { stopLossPrice: '80' }],
  ])('of %j are %j', (change, terms) => {
    const { type = 'MARKET' } = change
    expect(order(change).order).toEqual({
      ...{ assetId: 'BTC', side: 'BUY', type, quantity: '2' },
      ...terms,
    })
  })

  it.each<[Partial<Draft>, string]>([
    [{ type: 'STOP' }, 'Enter a stop price first.'],
    [{ type: 'STOP', stopPrice: 'x' }, 'Correct the stop price first.'],
    [{ type: 'STOP_LIMIT', stopPrice: '1' }, 'Enter a limit price first.'],
    [{ type: 'TRAILING_STOP' }, 'Enter a distance first.'],
    [{ type: 'TRAILING_STOP', trail: '0.09' }, 'Correct the distance first.'],
    [{ type: 'TRAILING_STOP', trail: '50.01' }, 'Correct the distance first.'],
    [{ type: 'TRAILING_STOP', trail: '1.005' }, 'Correct the distance first.'],
    [{ type: 'LIMIT', limitPrice: '1', wait: 'DATE' }, 'Choose the last day first.'],
    [{ hasExits: true }, 'Enter a price to sell at first.'],
    [
      { type: 'OCO', stopPrice: '2', limitPrice: '1', stopLimit: 'x' },
      'Correct the limit of the stop first.',
    ],
    [{ hasExits: true, takeProfit: '-1' }, 'Correct the take-profit price first.'],
  ])('of %j are incomplete: %s', (change, missing) => {
    expect(order(change).missing).toBe(missing)
  })

  it.each<[Partial<Draft>, string]>([
    [{ type: 'STOP', stopPrice: '100' }, '2'],
    [{ type: 'OCO', stopPrice: '100', limitPrice: '90' }, '2'],
    [{ type: 'OCO', stopPrice: '100', limitPrice: '90', stopLimit: '105' }, '2'],
    [{ type: 'STOP_LIMIT', stopPrice: '100', limitPrice: '105' }, '2'],
    [{ type: 'TRAILING_STOP', trail: '25' }, '1.6'],
    [{ type: 'STOP', side: 'SELL', stopPrice: '50' }, '4.2'],
  ])('divide dollars by the worst price of %j: %s', (change, quantity) => {
    expect(order({ unit: 'USD', amount: '210', ...change }).order).toMatchObject({ quantity })
  })

  it('wait for the market price where dollars depend on it', () => {
    const trailing = draft({ type: 'TRAILING_STOP', trail: '5', unit: 'USD' })
    expect(draftOrder('BTC', trailing).missing).toBe('Waiting for the market price.')
  })

  it('are kept with another type, and sent with the types to which they belong', () => {
    const typed = draft({ type: 'OCO', stopPrice: '9', limitPrice: '8', wait: 'DAY', trail: '1' })
    const trailing = withType(typed, 'TRAILING_STOP', '100')
    expect(order(trailing).order).toMatchObject({ trailBasisPoints: 100 })
    expect(order(trailing).order).not.toHaveProperty('limitPrice')
    expect(order(trailing).order).not.toHaveProperty('stopPrice')
    expect(withType(trailing, 'OCO', '100')).toEqual(typed)
  })

  it('of an order that does not wait are not kept for one that must', () => {
    const typed = draft({ type: 'LIMIT', limitPrice: '8', wait: 'IOC' })
    expect(withType(typed, 'STOP', '100').wait).toBe('GTC')
  })
})
