import { describe, expect, it } from '@jest/globals'
import {
  formatAwaitedPrice,
  formatCompactMoney,
  formatCompactQuantity,
  formatExactPrice,
  formatMoney,
  formatPrice,
  formatQuantity,
  formatSignedMoney,
  signOf,
} from './money.ts'

describe('formatMoney', () => {
  it.each([
    ['0', '$0.00'],
    ['1250.5', '$1,250.50'],
    ['-0.01', '−$0.01'],
    ['999999999999999999.99', '$999,999,999,999,999,999.99'], // beyond what a float could hold
  ])('shows %s as %s', (text, shown) => {
    expect(formatMoney(text)).toBe(shown)
  })

  it('signs gains as well as losses, and leaves zero unsigned', () => {
    expect(['5', '-5', '0.00'].map(formatSignedMoney)).toEqual(['+$5.00', '−$5.00', '$0.00'])
  })
})

describe('formatPrice', () => {
  it.each([
    ['64000.125', '$64,000.13'],
    ['1', '$1.0000'],
    ['0.5231', '$0.5231'],
    ['0.99996', '$1.0000'], // four significant digits, rounded up
    ['0.38658', '$0.3866'], // to the nearest, an average cost too
    ['0.00002413', '$0.00002413'],
    ['0.000000091234', '$0.00000009123'],
    ['0.000000000001', '$0.000000000001'],
    ['0', '$0.00'],
  ])('keeps %s readable as %s', (text, shown) => {
    expect(formatPrice(text)).toBe(shown)
  })
})

describe('formatQuantity', () => {
  it('groups the whole part and drops trailing zeros', () => {
    expect(formatQuantity('9000000.50000000')).toBe('9,000,000.5')
  })
})

describe('formatCompactMoney', () => {
  it.each([
    ['1234567890.00', '$1.23B'],
    ['1200000000000', '$1.20T'],
    ['2000000', '$2.00M'],
    ['999999999', '$1.00B'],
    ['950', '$950.00'],
  ])('shows the size of %s with two decimals, as %s', (text, shown) => {
    expect(formatCompactMoney(text)).toBe(shown)
  })

  it('gives quantities as many', () => {
    expect(formatCompactQuantity('19800000')).toBe('19.80M')
  })
})

describe('signOf', () => {
  it.each([
    ['0.00', 0],
    ['-0.00', 0],
    ['-0.01', -1],
    ['10', 1],
  ])('reads the sign of %s', (text, sign) => {
    expect(signOf(text)).toBe(sign)
  })
})

describe('formatExactPrice', () => {
  it.each([
    ['99999', '$99,999.00'],
    ['99999.1', '$99,999.10'],
    ['64000.125', '$64,000.125'],
    ['0.000000000001', '$0.000000000001'],
  ])('shows every decimal of %s as %s', (text, shown) => {
    expect(formatExactPrice(text)).toBe(shown)
  })
})

it('shows a price that something waits for as it was typed, and one that was computed as a market price', () => {
  expect(formatAwaitedPrice('68447.5545', false)).toBe('$68,447.5545')
  expect(formatAwaitedPrice('68447.5545', true)).toBe('$68,447.55')
})
