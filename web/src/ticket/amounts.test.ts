import { describe, expect, it } from '@jest/globals'
import { notional, price, quantity, usd } from '@cnop/kit/money'
import { type Draft, draftOrder, emptyDraft, quantityFor, shareOf, worstPrice } from './amounts.ts'

const draft = (change: Partial<Draft>): Draft => ({ ...emptyDraft, ...change })

describe('quantityFor', () => {
  it.each([
    ['100.00', '64000.12'],
    ['0.01', '0.000000091234'],
    ['9999.99', '3'],
    ['7.77', '0.333333333333'],
  ])('buys at most what %s pays for at %s, and not a unit less', (value, at) => {
    const most = quantityFor(usd(value), price(at))
    const cost = notional(price(at), most, { round: 'up' })
    expect(cost <= usd(value)).toBe(true)
    const next = most + 1n
    expect(price(at) * next > usd(value) * 10n ** 18n).toBe(true)
  })
})

describe('draftOrder', () => {
  it('turns dollars into a quantity at the market price', () => {
    expect(draftOrder('BTC', draft({ unit: 'USD', amount: '100' }), '50000')).toEqual({
      assetId: 'BTC',
      side: 'BUY',
      type: 'MARKET',
      quantity: '0.002',
    })
  })

  it('divides by the limit price, not the market price, for a limit order', () => {
    const limit = draft({ unit: 'USD', amount: '100', type: 'LIMIT', limitPrice: '40000' })
    expect(draftOrder('BTC', limit, '50000')).toMatchObject({
      quantity: '0.0025',
      limitPrice: '40000',
    })
  })

  it.each([
    ['an empty amount', {}],
    ['zero', { amount: '0' }],
    ['a word', { amount: 'all' }],
    ['too many decimals', { amount: '0.123456789' }],
    ['a limit order without a limit', { amount: '1', type: 'LIMIT' }],
  ] as const)('is undefined for %s', (_what, change) => {
    expect(draftOrder('BTC', draft(change), '50000')).toBeUndefined()
  })

  it('is undefined while no price is known', () => {
    expect(draftOrder('BTC', draft({ amount: '1' }), undefined)).toBeUndefined()
  })
})

describe('shareOf', () => {
  const available = { cash: '100.01', quantity: '0.00000003' }

  it('takes a share of the cash for a buy, rounded down', () => {
    expect(shareOf(draft({}), 25, available)).toMatchObject({ unit: 'USD', amount: '25.00' })
  })

  it('sells exactly everything at 100 per cent', () => {
    expect(shareOf(draft({ side: 'SELL' }), 100, available)).toMatchObject({
      unit: 'QUANTITY',
      amount: '0.00000003',
    })
  })
})

describe('worstPrice', () => {
  it('lies above the price for a buy and below it for a sale', () => {
    expect([worstPrice('100', 'BUY', 1), worstPrice('100', 'SELL', 1)]).toEqual(['101', '99'])
  })

  it('does not round a sub-cent price away', () => {
    expect(worstPrice('0.0000001', 'BUY', 1)).toBe('0.000000101')
  })
})

it('reads quantities with thousands separators', () => {
  expect(draftOrder('SHIB', draft({ amount: '9,000,000' }), '0.00002')?.quantity).toBe('9000000')
  expect(quantity('9000000')).toBe(900_000_000_000_000n)
})
