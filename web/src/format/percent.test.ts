import { expect, it } from '@jest/globals'
import { directionOf, formatShare, formatSignedPercent, roundShares } from './percent.ts'

it.each([
  [2.5, 'up', '+2.50%'],
  [-1234.567, 'down', '−1,234.57%'],
  [0.004, 'flat', '0.00%'], // shown as zero, so it is no gain
  [-0.004, 'flat', '0.00%'],
])('shows %d as %s: %s', (percent, direction, shown) => {
  expect([directionOf(percent), formatSignedPercent(percent)]).toEqual([direction, shown])
})

it.each([
  [99.9999, '99.99%'],
  [100, '100.00%'],
  [0.0001, '0.01%'],
  [0, '0.00%'],
  [62.345, '62.35%'],
])('shows a share of %d as %s', (percent, shown) => {
  expect(formatShare(percent)).toBe(shown)
})

it('rounds shares so that they add up', () => {
  const shares = roundShares([33.335, 33.335, 33.33])
  expect(shares).toEqual([33.34, 33.33, 33.33])
  expect(roundShares([12.5, 87.5])).toEqual([12.5, 87.5])
  expect(roundShares([99.999, 0.001])).toEqual([99.99, 0.01])
  expect(roundShares([])).toEqual([])
})
