import { expect, it } from '@jest/globals'
import { percentChange, percentOf } from './percent.ts'

it.each([
  [110n, 100n, 10],
  [90n, 100n, -10],
  [2n, 3n, -33.3333],
  [4n, 3n, 33.3333],
  [5n, 3n, 66.6667],
  [1n, 3n, -66.6667],
  [7n, 7n, 0],
  [10n ** 30n, 10n ** 28n, 9900],
])('%s is a change from %s by %s per cent', (now, before, percent) => {
  expect(percentChange(now, before)).toBe(percent)
})

it.each([undefined, 0n, -1n])('there is no change from %s', (before) => {
  expect(percentChange(1n, before)).toBeUndefined()
})

it('nothing has no share in nothing', () => {
  expect(percentOf(0n, 0n)).toBe(0)
  expect(percentOf(1n, 3n)).toBe(33.3333)
})
