import { expect, it } from '@jest/globals'
import { parseValue } from 'graphql'
import { DateScalar, DateTimeScalar, MoneyScalar, PriceScalar, QuantityScalar } from './scalars.ts'

it('gives resolvers units and clients text', () => {
  expect(MoneyScalar.parseValue('12.5')).toBe(1250n)
  expect(QuantityScalar.parseValue('0.015')).toBe(1_500_000n)
  expect(PriceScalar.serialize(PriceScalar.parseValue('64000.10'))).toBe('64000.1')
})

it.each([12.5, 12, true, null, {}, ['1'], '1.234', 'x', '9'.repeat(65)])(
  'refuses %j as money',
  (value) => {
    expect(() => MoneyScalar.parseValue(value)).toThrow(/Money/)
  },
)

it('refuses a number written into the document', () => {
  expect(() => MoneyScalar.parseLiteral(parseValue('12.5'))).toThrow(/must be a string/)
  expect(MoneyScalar.parseLiteral(parseValue('"12.5"'))).toBe(1250n)
})

it('reads instants with any offset and gives them back in UTC', () => {
  expect(DateTimeScalar.parseValue('2026-01-31T10:15:02+01:00')).toBe('2026-01-31T09:15:02.000Z')
  for (const bad of ['2026-01-31', '2027-02-31T00:00:00Z', 'yesterday']) {
    expect(() => DateTimeScalar.parseValue(bad)).toThrow(/RFC 3339/)
  }
})

it('knows which dates exist', () => {
  expect(DateScalar.parseValue('2024-02-29')).toBe('2024-02-29')
  for (const bad of ['2025-02-29', '1985/06/15', '1985-6-5'])
    expect(() => DateScalar.parseValue(bad)).toThrow(/date/)
})
