import { describe, expect, it } from '@jest/globals'
import { isLong, plainDecimal } from './decimal.ts'
import { field } from './fields.ts'

describe('plainDecimal', () => {
  it.each([
    [100, '100'],
    [250.5, '250.5'],
    ['250.50', '250.5'],
    ['-0.00', '0'],
    ['-3.10', '-3.1'],
    ['007', '7'],
    ['000.5', '0.5'],
    ['1e3', '1000'],
    ['1.25E1', '12.5'],
    ['12345e-2', '123.45'],
    [1e-7, '0.0000001'],
    [9e-8, '0.00000009'],
    [1e21, '1000000000000000000000'],
  ])('writes %p as %s', (value, plain) => {
    expect(plainDecimal(value)).toBe(plain)
  })

  it.each([
    '',
    ' ',
    'ten',
    '1,5',
    '1e',
    '.',
    'NaN',
    '0x1',
    ' 1.0 ',
    '+7',
    '.5',
    '5.',
    '1_000',
    '١',
    '9'.repeat(65),
    NaN,
    Infinity,
  ])('finds no number in %p', (value) => {
    expect(plainDecimal(value)).toBeUndefined()
  })

  it.each([true, null, undefined, {}, [1]])('finds no number in %p', (value) => {
    expect(plainDecimal(value)).toBeUndefined()
  })
})

it.each([
  ['100.00', false],
  ['0.1', false],
  ['1e3', false],
  ['1.0000000000000000000', false],
  ['9007199254740993', true],
  ['0.12345678901234567', true],
  ['1e400', true],
  ['1e-400', true],
  [`1.${'0'.repeat(64)}`, true],
])('knows whether a double changes %s: %p', (token, isChanged) => {
  expect(isLong(token)).toBe(isChanged)
})

describe('bounds', () => {
  it.each([
    ['1000000', true],
    ['1000000.00', true],
    ['1000000.01', false],
    ['0.01', true],
    ['0.001', false],
    ['1e6', true],
    ['1e7', false],
    ['1e1000000000', false],
    ['1e-1000000000', false],
  ])('of an amount let %s through: %p', (text, isFine) => {
    expect(field.amount.safeParse(text).success).toBe(isFine)
  })

  it.each([
    ['0.00000009', true],
    [9e-8, true],
    ['9e-8', true],
    [9e-9, false],
    ['0.001000001', false],
    ['0', false],
    ['9999999999999999', true],
    ['10000000000000000', false],
  ])('of a quantity let %p through: %p', (text, isFine) => {
    expect(field.quantity.safeParse(text).success).toBe(isFine)
  })
})
