import { expect, it } from '@jest/globals'
import { checkKey } from './idempotency-key.ts'

it.each(['deposit-1', 'A_b-0123', 'k'.repeat(64)])('takes %s for a key', (key) => {
  expect(checkKey(key)).toBe(key)
})

it.each(['', 'short', 'k'.repeat(65), 'fill:ord_1234', 'with blank', 'ключ-ключ'])(
  'refuses %j and names the field',
  (key) => {
    expect(() => checkKey(key)).toThrow(/^key: must be 8 to 64/)
  },
)
