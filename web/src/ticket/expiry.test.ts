import { describe, expect, it } from '@jest/globals'
import { checkLastDay, endOfDay, expiryBounds, mostDaysAhead } from './expiry.ts'

const nowMs = new Date(2026, 10, 22, 10, 30).getTime()

describe('endOfDay', () => {
  it('is the last moment of the day in the user’s time zone', () => {
    expect(endOfDay('2026-12-31')).toBe(new Date(2026, 11, 31, 23, 59, 59, 999).toISOString())
  })

  it.each(['', '2026-02-30', '2026-13-01', '31.12.2026', '2026-1-1'])(
    'is undefined for %p',
    (day) => {
      expect(endOfDay(day)).toBeUndefined()
    },
  )
})

describe('checkLastDay', () => {
  it('offers today to the last day within the platform’s limit', () => {
    const { first, last } = expiryBounds(nowMs)
    expect(first).toBe('2026-11-22')
    const furthestMs = nowMs + mostDaysAhead * 86_400_000
    expect(Date.parse(endOfDay(last) ?? '')).toBeLessThanOrEqual(furthestMs)
    expect(Date.parse(endOfDay(last) ?? '')).toBeGreaterThan(furthestMs - 86_400_000)
    expect([checkLastDay(first, nowMs), checkLastDay(last, nowMs)]).toEqual([null, null])
  })

  it.each([
    ['', null],
    ['2026-11-21', 'This day is over.'],
    ['2027-11-22', 'At most 365 days ahead: 21 Nov 2027.'],
    ['2026-02-30', 'This is not a date.'],
  ])('returns for %p: %p', (day, problem) => {
    expect(checkLastDay(day, nowMs)).toBe(problem)
  })
})
