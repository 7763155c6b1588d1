import { describe, expect, it } from '@jest/globals'
import { logOfRatio, logUnit, scaleByLog } from './fixed-point.ts'

describe('powers of two in whole numbers', () => {
  it.each([
    [0, 1_000_000n],
    [logUnit, 2_000_000n],
    [-logUnit, 500_000n],
    [3 * logUnit, 8_000_000n],
    [Math.floor(logUnit / 2), 1_414_213n], // the root of two
    [-Math.floor(logUnit / 2), 707_106n],
  ])('scales by 2^(%s / 1048576)', (log, expected) => {
    const scaled = scaleByLog(1_000_000n, log)
    expect(scaled >= expected - 1n && scaled <= expected).toBe(true)
  })

  it.each([
    [100n, 1n],
    [1n, 100n],
    [7n, 7n],
    [99_655_500_000_000_000n, 64_250_000_000_000_000n],
    [1n, 10n ** 24n],
  ])('finds the logarithm of %s / %s', (to, from) => {
    const precise = 10n ** 30n
    const log = logOfRatio(to, from)
    expect(scaleByLog(from * precise, log) <= to * precise).toBe(true)
    expect(scaleByLog(from * precise, log + 1) > to * precise).toBe(true)
  })
})
