import { describe, expect, it } from '@jest/globals'
import { firstDraft, ownZone, scheduleOf, scheduleWords, zoneOptions } from './schedule.ts'

const daily = {
  frequency: 'DAILY',
  weekday: null,
  dayOfMonth: null,
  time: '09:30',
  timeZone: 'Europe/Berlin',
} as const

describe('a schedule in words', () => {
  it.each([
    [{}, 'Every day at 09:30'],
    [{ frequency: 'WEEKLY', weekday: 'MONDAY' }, 'Every Monday at 09:30'],
    [{ frequency: 'MONTHLY', dayOfMonth: 5 }, 'On day 5 of every month at 09:30'],
    // A month without a 31st has its last day.
    [{ frequency: 'MONTHLY', dayOfMonth: 31 }, 'On the last day of every month at 09:30'],
    [{ timeZone: 'America/New_York' }, 'Every day at 09:30 in America/New York'],
  ] as const)('%j is "%s" in Berlin', (more, words) => {
    expect(scheduleWords({ ...daily, ...more }, 'Europe/Berlin')).toBe(words)
  })
})

describe('the form of a schedule', () => {
  it('sends the day that belongs to the frequency, and no other', () => {
    const draft = { ...firstDraft, weekday: 'FRIDAY', dayOfMonth: '28', timeZone: 'UTC' }
    const rest = { time: '09:00', timeZone: 'UTC' }
    expect(scheduleOf({ ...draft, frequency: 'DAILY' })).toEqual({ frequency: 'DAILY', ...rest })
    expect(scheduleOf({ ...draft, frequency: 'WEEKLY' })).toEqual({
      frequency: 'WEEKLY',
      weekday: 'FRIDAY',
      ...rest,
    })
    expect(scheduleOf({ ...draft, frequency: 'MONTHLY' })).toEqual({
      frequency: 'MONTHLY',
      dayOfMonth: 28,
      ...rest,
    })
  })

  it("begins with the reader's own zone, which is always offered", () => {
    expect(firstDraft.timeZone).toBe(ownZone())
    expect(zoneOptions()).toContain(ownZone())
    expect(new Set(zoneOptions()).size).toBe(zoneOptions().length)
  })
})
