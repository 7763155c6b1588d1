import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  averagePrice,
  displayPrice,
  divide,
  formatPrice,
  formatQuantity,
  formatUsd,
  notional,
  parsePrice,
  parseQuantity,
  parseUsd,
  price,
  priceFromUnits,
  proportion,
  quantity,
  quantityFromUnits,
  usd,
  usdFromCents,
} from './money.ts'

describe('displayPrice', () => {
  it.each([
    ['70600', '70600.00'],
    ['70600.5', '70600.50'],
    ['80000.125', '80000.13'],
    ['100', '100.00'],
    ['99.99996', '100.0000'],
    ['2.35414', '2.3541'],
    ['0.38658', '0.3866'],
    ['1', '1.0000'],
    ['0.99996', '1.0000'],
    ['0', '0.00'],
    ['-0.0052315', '-0.005232'],
  ])('writes %s as %s', (text, shown) => {
    expect(displayPrice(price(text))).toBe(shown)
  })
})

describe('parsing', () => {
  it.each([
    ['0', 0n],
    ['12.5', 1250n],
    ['12.50', 1250n],
    ['-0.01', -1n],
    ['00012.5', 1250n],
    [`${'0'.repeat(30)}9999999999999999999999.99`, 999999999999999999999999n],
    ['9999999999999999999999.99', 999999999999999999999999n],
  ])('reads %s as dollars', (text, cents) => {
    expect(parseUsd(text)).toBe(cents)
  })

  it.each([
    '',
    ' 1',
    '1 ',
    '1.',
    '.5',
    '1e3',
    '+1',
    '0x10',
    '1,000',
    'NaN',
    'Infinity',
    '١',
    '1.234',
  ])('refuses %j as dollars and names the field', (text) => {
    expect(() => parseUsd(text, 'input.amount')).toThrow(/^input\.amount: /)
  })

  it('refuses a number of more digits than the store can hold in a product', () => {
    expect(() => parseUsd('1' + '0'.repeat(22))).toThrow(/too large/)
  })

  it('keeps every digit of a quantity and of a sub-nano price', () => {
    expect(parseQuantity('0.00000001')).toBe(1n)
    expect(parsePrice('0.000000000001')).toBe(1n)
    expect(() => parseQuantity('0.000000001')).toThrow(/8 decimal places/)
  })

  it('round-trips every value', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 23n), max: 10n ** 23n }), (units) => {
        expect(parseUsd(formatUsd(usdFromCents(units)))).toBe(units)
        expect(parseQuantity(formatQuantity(quantityFromUnits(units)))).toBe(units)
        expect(parsePrice(formatPrice(priceFromUnits(units)))).toBe(units)
      }),
    )
  })
})

describe('formatting', () => {
  it('shows dollars with two decimals and quantities without trailing zeros', () => {
    expect(formatUsd(usd('5'))).toBe('5.00')
    expect(formatUsd(usd('-0.07'))).toBe('-0.07')
    expect(formatQuantity(quantity('1.50000000'))).toBe('1.5')
    expect(formatPrice(price('64000'))).toBe('64000')
  })
})

describe('notional', () => {
  it.each([
    ['0.5', '64000.10', 'up', '32000.05'],
    ['0.00000001', '64000.10', 'up', '0.01'], // A fraction of a cent costs a cent,
    ['0.00000001', '64000.10', 'down', '0.00'], // and is worth nothing.
    ['3', '0.333', 'up', '1.00'],
    ['3', '0.333', 'down', '0.99'],
  ] as const)('values %s at %s, rounded %s, as %s', (amount, at, round, total) => {
    expect(formatUsd(notional(price(at), quantity(amount), { round }))).toBe(total)
  })

  it('never gains from a round trip at one price', () => {
    const positive = fc.bigInt({ min: 1n, max: 10n ** 18n })
    fc.assert(
      fc.property(positive, positive, (at, amount) => {
        const cost = notional(priceFromUnits(at), quantityFromUnits(amount), { round: 'up' })
        const proceeds = notional(priceFromUnits(at), quantityFromUnits(amount), { round: 'down' })
        expect(cost - proceeds === 0n || cost - proceeds === 1n).toBe(true)
      }),
    )
  })
})

it('rounds division away from zero for “up”, toward zero for “down”', () => {
  expect(divide(7n, 2n, 'up')).toBe(4n)
  expect(divide(-7n, 2n, 'up')).toBe(-4n)
  expect(divide(7n, 2n, 'down')).toBe(3n)
  expect(divide(-7n, 2n, 'down')).toBe(-3n)
  expect(divide(8n, 2n, 'up')).toBe(4n)
})

it('splits a cost basis without losing a cent', () => {
  expect(proportion(usd('10.00'), quantity('1'), quantity('3'))).toBe(333n)
  expect(proportion(usd('10.00'), quantity('3'), quantity('3'))).toBe(1000n)
})

it('derives an average price, which is zero for nothing', () => {
  expect(formatPrice(averagePrice(usd('100.00'), quantity('0.5')))).toBe('200')
  expect(averagePrice(usd('0'), quantity('0'))).toBe(0n)
})
