import { describe, expect, it } from '@jest/globals'
import { price, quantity, usd } from '@cnop/kit/money'
import { allocation, assetsValue, changeOf } from './valuation.ts'

const prices = new Map([
  ['BTC', price('64000')],
  ['DUST', price('0.000000000001')],
  ['ETH', price('3000')],
])
const position = (assetId: string, amount: string) => ({ assetId, quantity: quantity(amount) })

describe('the value of a portfolio', () => {
  it('is the sum of what every position would bring, rounded down', () => {
    const positions = [position('BTC', '0.00000001'), position('ETH', '1.000001')]
    expect(assetsValue(positions, prices)).toBe(usd('3000.00'))
  })

  it('is nothing for no positions', () => {
    expect(assetsValue([], prices)).toBe(usd('0.00'))
  })

  it('is unknown when one price is', () => {
    const positions = [position('BTC', '1'), position('NOPE', '1')]
    expect(assetsValue(positions, prices)).toBeUndefined()
    expect(allocation(usd('1.00'), positions, prices)).toBeUndefined()
  })

  it('is shared by cash and positions, the largest first, without the worthless', () => {
    const positions = [position('ETH', '0.5'), position('DUST', '1'), position('BTC', '0.05')]
    expect(allocation(usd('1300.00'), positions, prices)).toEqual([
      { assetId: 'BTC', value: usd('3200.00'), percent: 53.3333 },
      { assetId: 'ETH', value: usd('1500.00'), percent: 25 },
      { assetId: 'USD', value: usd('1300.00'), percent: 21.6667 },
    ])
    expect(allocation(usd('0.00'), [], prices)).toEqual([])
  })
})

it.each([
  ['150.00', '100.00', '50.00', 50],
  ['50.00', '100.00', '-50.00', -50],
  ['1.00', '0.00', '1.00', 0],
  ['100.00', '300.00', '-200.00', -66.6667],
])('the change to %s from %s is %s', (now, before, amount, percent) => {
  expect(changeOf(usd(now), usd(before))).toEqual({
    amount: usd(amount),
    base: usd(before),
    percent,
  })
})
