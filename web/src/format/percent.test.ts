import { expect, it } from '@jest/globals'
import { directionOf, formatSignedPercent } from './percent.ts'

it.each([
  [2.5, 'up', '+2.50%'],
  [-1234.567, 'down', '−1,234.57%'],
  [0.004, 'flat', '0.00%'], // shown as zero, so it is no gain
  [-0.004, 'flat', '0.00%'],
])('shows %d as %s: %s', (percent, direction, shown) => {
  expect([directionOf(percent), formatSignedPercent(percent)]).toEqual([direction, shown])
})
