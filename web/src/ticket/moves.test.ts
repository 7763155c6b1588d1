import { describe, expect, it } from '@jest/globals'
import { type Draft, emptyDraft } from './draft.ts'
import { turnTo, withUnit } from './moves.ts'

const draft = (change: Partial<Draft>): Draft => ({ ...emptyDraft, ...change })

describe('another unit', () => {
  it('converts what was typed at the price, and brings it back as it was', () => {
    const typed = draft({ amount: '0.123' })
    const inUsd = withUnit(typed, 'USD', '50000.01')
    expect(inUsd).toMatchObject({ unit: 'USD', amount: '6150.00' })
    expect(withUnit(inUsd, 'QUANTITY', '60000')).toEqual(typed)
  })

  it('converts what was changed meanwhile', () => {
    const inUsd = { ...withUnit(draft({ amount: '0.1' }), 'USD', '50000'), amount: '1,000' }
    expect(withUnit(inUsd, 'QUANTITY', '50000').amount).toBe('0.02')
  })

  it('uses the limit of the order before the market price', () => {
    const limited = draft({ type: 'LIMIT', limitPrice: '40,000', amount: '0.1' })
    expect(withUnit(limited, 'USD', '50000').amount).toBe('4000.00')
  })

  it('keeps what cannot be understood', () => {
    expect(withUnit(draft({ amount: '0,5' }), 'USD', '50000').amount).toBe('0,5')
  })
})

describe('the other side', () => {
  const buy = draft({ type: 'LIMIT', amount: '0.1', limitPrice: '40000' })

  it('takes over amount and type, but no price, and the way back brings the draft whole', () => {
    const sale = turnTo({ draft: buy }, 'SELL', true)
    const { side, type, amount, limitPrice } = sale.draft
    expect([side, type, amount, limitPrice]).toEqual(['SELL', 'LIMIT', '0.1', ''])
    expect(turnTo(sale, 'BUY', true).draft).toEqual(buy)
  })

  it('brings back what was begun on each side', () => {
    const sale = { ...turnTo({ draft: buy }, 'SELL', true), isCarried: false }
    const begun = { ...sale, draft: { ...sale.draft, amount: '7' } }
    const back = turnTo(begun, 'BUY', true)
    expect(turnTo(back, 'SELL', true).draft.amount).toBe('7')
  })

  it('takes the newest amount over where the last one was not changed', () => {
    const back = turnTo(turnTo({ draft: buy }, 'SELL', true), 'BUY', true)
    const changed = { ...back, draft: { ...buy, amount: '0.2' } }
    expect(turnTo(changed, 'SELL', true).draft.amount).toBe('0.2')
  })

  it('opens without an amount where a link asks for it', () => {
    expect(turnTo({ draft: buy }, 'SELL', false).draft.amount).toBe('')
  })
})
