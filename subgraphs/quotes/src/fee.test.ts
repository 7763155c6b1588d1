import { parseEnv } from '@cnop/kit/config'
import { usd } from '@cnop/kit/money'
import { expect, it } from '@jest/globals'
import { feeFields, ratesAt, saleFee } from './fee.ts'

const read = (text?: string) =>
  parseEnv(feeFields, text === undefined ? {} : { ORDER_FEE_BASIS_POINTS: text })
    .ORDER_FEE_BASIS_POINTS

const rates = (text: string | undefined, volume: string): string => {
  const { maker, taker } = ratesAt(read(text), usd(volume))
  return `${maker}/${taker}`
}

it.each([
  [undefined, '1000000', '0/0'],
  ['25', '0', '25/25'],
  ['10/25', '0', '10/25'],
  ['10/25, 1000:5/20, 50000.50:0/10', '999.99', '10/25'],
  ['10/25, 1000:5/20, 50000.50:0/10', '1000', '5/20'],
  ['10/25, 1000:5/20, 50000.50:0/10', '50000.49', '5/20'],
  ['10/25, 1000:5/20, 50000.50:0/10', '50000.50', '0/10'],
])('of %s at a volume of %s charges %s', (text, volume, expected) => {
  expect(rates(text, volume)).toBe(expected)
})

it.each([
  [',', 'must be a rate such as 25'],
  ['-1', 'must be a rate such as 25'],
  ['2.5', 'must be a rate such as 25'],
  ['10/25,,1000:5/20', 'must be a rate such as 25'],
  ['1000:5/20', 'must begin with a tier without a volume'],
  ['10/25,1000:5/20,1000:0/10', 'must have tiers of growing volume'],
  [`25${Array.from({ length: 20 }, (_, at) => `,${at + 1}:1`).join('')}`, 'at most 20 of them'],
  ['30/25', 'must have rates of at most 1000 basis points'],
  ['10/1001', 'must have rates of at most 1000 basis points'],
])('refuses %s', (text, problem) => {
  expect(() => read(text)).toThrow(problem)
})

it('values holdings with the fee that no account exceeds', () => {
  expect(saleFee(read('10/25,1000:5/20'))).toBe(25n)
  expect(saleFee(read('0/0,1000:5/20'))).toBe(20n)
})
