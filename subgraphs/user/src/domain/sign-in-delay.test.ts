import { describe, expect, it } from '@jest/globals'
import { delayAfter, failureMemoryMs, secondsUntilNextTry } from './sign-in-delay.ts'

describe('the delay of an account', () => {
  it.each([
    [0, 0],
    [4, 0],
    [5, 1_000],
    [6, 2_000],
    [10, 32_000],
    [14, 512_000],
    [15, 900_000],
    [5_000, 900_000],
  ])('after %s failures is %s ms', (count, delayMs) => {
    expect(delayAfter(count)).toBe(delayMs)
  })

  it('is shorter than the retention of failures, so that it cannot end early', () => {
    expect(delayAfter(Number.MAX_SAFE_INTEGER)).toBeLessThan(failureMemoryMs)
  })

  it.each([
    [undefined, 1_000, 0],
    [{ count: 4, lastFailedAtMs: 1_000 }, 1_000, 0],
    [{ count: 6, lastFailedAtMs: 1_000 }, 1_000, 2],
    [{ count: 6, lastFailedAtMs: 1_000 }, 1_001, 2],
    [{ count: 6, lastFailedAtMs: 1_000 }, 2_000, 1],
    [{ count: 6, lastFailedAtMs: 1_000 }, 3_000, 0],
  ])('of %j at %s leaves %s s to wait', (failures, nowMs, seconds) => {
    expect(secondsUntilNextTry(failures, nowMs)).toBe(seconds)
  })
})
