import { describe, expect, it } from '@jest/globals'
import { price } from '@cnop/kit/money'
import { positivePrice, positiveQuantity, positiveUsd, priceBefore, unitsOf } from './decimal.ts'

describe('a JSON number', () => {
  it.each([
    [64123.45, 2, 6412345n],
    [1.234e-9, 12, 1234n],
    [9.99e-13, 12, 0n],
    [1e-300, 12, 0n],
    [-0.5, 2, -50n],
    [0, 2, 0n],
    [-0, 2, 0n],
    [1e21, 2, 10n ** 23n],
    [1e22, 2, undefined], // 25 digits
    [1.7e308, 2, undefined],
    [Infinity, 2, undefined], // what 1e999 parses to
    ['12.345', 2, 1234n],
    ['0.1e1', 0, 1n],
    ['1,5', 2, undefined],
    ['0x10', 2, undefined],
    ['', 2, undefined],
    ['9'.repeat(100), 0, undefined],
    ['1e9999', 0, undefined],
    [null, 2, undefined],
    [true, 2, undefined],
    [{}, 2, undefined],
  ])('%p at scale %s is %s', (value, scale, expected) => {
    expect(unitsOf(value, scale)).toBe(expected)
  })

  it.each([0, -1, null, 1e-13, 'x', undefined])('%p is no price', (value) => {
    expect(positivePrice(value)).toBeUndefined()
  })

  it('is unknown when it is larger than any figure may be', () => {
    expect(positiveUsd(9.9e21)).toBe(99n * 10n ** 22n)
    expect(positiveUsd(1e22)).toBeUndefined()
    expect(positiveQuantity(4.2e17)).toBeUndefined()
  })
})

it.each([
  ['110', 10, '100'],
  ['50', -50, '100'],
  ['5', -100, undefined],
  ['5', -250, undefined],
  ['5', null, undefined],
  ['1', 1e9, '0.000000099999'],
])('the price before %s had changed by %s per cent was %s', (now, percent, before) => {
  expect(priceBefore(price(now), percent)).toBe(before === undefined ? undefined : price(before))
})
