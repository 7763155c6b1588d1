import { describe, expect, it } from '@jest/globals'
import { parseAmount, reasonNotToSend } from './amount.ts'
import { formatExactPrice, formatMoney, formatQuantity } from './money.ts'

describe('parseAmount', () => {
  it.each([
    ['1250.50', '1250.50'],
    ['1,250.50', '1250.50'],
    ['12,345,678', '12345678.00'],
    ['.5', '0.50'],
    ['5.', '5.00'],
    ['007', '7.00'],
    ['  1,250.50\u00a0', '1250.50'], // spaces around a pasted amount
    [' 250 ', '250.00'],
    ['$250', '250.00'],
    [' $1,250.50\n', '1250.50'],
  ])('reads %j as %s dollars', (typed, plain) => {
    expect(parseAmount(typed, 'USD')).toEqual({ plain })
  })

  const onlyOne = (points: number) =>
    `Only one “.” can be part of an amount; this has ${points}. Write it as in 1,250.50.`
  const separators = '“,” only separates thousands and “.” starts the decimals, as in 1,250.50.'
  it.each([
    ['12,50', separators],
    ['0,5', separators],
    ['0,500', separators], // half a unit where the comma starts the decimals
    ['1,25', separators],
    ['1,00,000', separators],
    ['1,250,', separators],
    [',250', separators],
    ['1,,250', separators],
    ['1234,567', separators],
    ['1.000,50', separators],
    ['1.000.000', onlyOne(2)],
    ['1.2.3', onlyOne(2)],
    ['1...5', onlyOne(3)],
    ['1.250,500', separators],
    ['.', 'There is no digit in this. Write it as in 1,250.50.'],
    [',', separators],
    ['1 250.50', 'A space cannot be part of an amount. Write it as in 1,250.50.'],
    ['1\u00a0250', 'A space cannot be part of an amount. Write it as in 1,250.50.'],
    ['1\u202f250', 'A space cannot be part of an amount. Write it as in 1,250.50.'],
    ['12\n50', 'A space cannot be part of an amount. Write it as in 1,250.50.'],
    ['12\u316450', 'An invisible character cannot be part of an amount. Write it as in 1,250.50.'],
    ['\u202e12', 'An invisible character cannot be part of an amount. Write it as in 1,250.50.'],
    ['1e3', 'An exponent, “e3”, cannot be part of an amount. Write all digits.'],
    ['1.5E+10', 'An exponent, “E+10”, cannot be part of an amount. Write all digits.'],
    ['0x10', 'The letter “x” cannot be part of an amount. Write it as in 1,250.50.'],
    ['5-', 'A minus sign cannot be part of an amount. Write it as in 1,250.50.'],
    ['+5', 'A plus sign cannot be part of an amount. Write it as in 1,250.50.'],
    ['$', 'There is no digit in this. Write it as in 1,250.50.'],
    ['$$5', 'The currency sign “$” cannot be part of an amount. Write it as in 1,250.50.'],
    ['$ 5', 'A space cannot be part of an amount. Write it as in 1,250.50.'],
    ['$12,50', separators],
    ['$-5', 'The amount must be above zero, without a minus sign.'],
    ['5$', 'The currency sign “$” cannot be part of an amount. Write it as in 1,250.50.'],
    ['5%', '“%” cannot be part of an amount. Write it as in 1,250.50.'],
    ['1’250', '“’” cannot be part of an amount. Write it as in 1,250.50.'],
    [
      '٣',
      '“٣”, which is none of the digits 0 to 9, cannot be part of an amount. Write it as in 1,250.50.',
    ],
    [
      '５',
      '“５”, which is none of the digits 0 to 9, cannot be part of an amount. Write it as in 1,250.50.',
    ],
    ['1，250', '“，” cannot be part of an amount. Write it as in 1,250.50.'],
    ['½', '“½” cannot be part of an amount. Write it as in 1,250.50.'],
    ['1k', 'The letter “k” cannot be part of an amount. Write it as in 1,250.50.'],
    ['Infinity', 'The letter “I” cannot be part of an amount. Write it as in 1,250.50.'],
    ['-5', 'The amount must be above zero, without a minus sign.'],
    ['−5', 'The amount must be above zero, without a minus sign.'],
    ['–5', 'The amount must be above zero, without a minus sign.'],
    ['0', 'The amount must be above zero.'],
    ['0.00', 'The amount must be above zero.'],
    ['12.505', 'At most 2 decimal places; this has 3.'],
    ['12.500', 'At most 2 decimal places; this has 3.'],
    ['9'.repeat(30), 'This amount is too large.'],
  ])('refuses %j with the reason %s', (typed, problem) => {
    expect(parseAmount(typed, 'USD')).toEqual({ problem })
  })

  it.each([
    ['-5', 'PRICE', 'The price must be above zero, without a minus sign.'],
    ['1k', 'PRICE', 'The letter “k” cannot be part of a price. Write it as in 1,250.50.'],
    ['1.2.3', 'PRICE', 'Only one “.” can be part of a price; this has 2. Write it as in 1,250.50.'],
    ['0', 'QUANTITY', 'The quantity must be above zero.'],
    [
      '$5',
      'QUANTITY',
      'The currency sign “$” cannot be part of a quantity. Write it as in 1,250.50.',
    ],
    ['9'.repeat(40), 'PRICE', 'This price is too large.'],
  ] as const)('names what %j of the unit %s is meant to be', (typed, unit, problem) => {
    expect(parseAmount(typed, unit)).toEqual({ problem })
    const noun = unit.toLowerCase()
    expect(reasonNotToSend({ problem }, null, unit)).toBe(`Correct the ${noun} above first.`)
    expect(reasonNotToSend({}, null, unit)).toBe(`Enter a ${noun} first.`)
  })

  it('refuses a price above the highest one', () => {
    expect(parseAmount('1,000,000', 'PRICE', '1000000')).toEqual({ plain: '1000000' })
    const problem = 'At most $1,000,000.00.'
    expect(parseAmount('1000000.000001', 'PRICE', '1000000')).toEqual({ problem })
  })

  it.each(['', '   '])('treats %j as empty', (typed) => {
    expect(parseAmount(typed, 'USD')).toEqual({})
  })

  it('accepts as many decimals as the unit has', () => {
    expect(parseAmount('0.00000001', 'QUANTITY')).toEqual({ plain: '0.00000001' })
    expect(parseAmount('0.000000001', 'QUANTITY').problem).toMatch(/At most 8 .* has 9/)
    expect(parseAmount('0.000000000001', 'PRICE')).toEqual({ plain: '0.000000000001' })
    expect(parseAmount('0.0000000000001', 'PRICE').problem).toMatch(/At most 12 .* has 13/)
  })

  it.each(['0.01', '999.99', '1000.00', '12345678.90', '9999999999999999.99'])(
    'parses the formatted form of %s',
    (plain) => {
      expect(parseAmount(formatMoney(plain), 'USD')).toEqual({ plain })
    },
  )

  it('parses formatted quantities and prices', () => {
    expect(parseAmount(formatQuantity('9000000.5'), 'QUANTITY')).toEqual({ plain: '9000000.5' })
    const shown = formatExactPrice('70341.123456789012')
    expect(parseAmount(shown, 'PRICE')).toEqual({ plain: '70341.123456789012' })
  })
})
