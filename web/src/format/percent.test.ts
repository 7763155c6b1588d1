import { expect, it } from '@jest/globals'
import { directionOf, formatShare, formatSignedPercent } from './percent.ts'

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
