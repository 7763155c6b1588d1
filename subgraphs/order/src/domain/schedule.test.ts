import { describe, expect, it } from '@jest/globals'
import { toIso } from '@cnop/kit/clock'
import fc from 'fast-check'
import { datesAhead, datesCome, frequencies, type Schedule, weekdays } from './schedule.ts'

const nowMs = Date.parse('2026-01-30T10:00:00Z')

const ahead = (schedule: Partial<Schedule>, count: number, fromMs = nowMs) =>
  datesAhead(
    { frequency: 'DAILY', time: '09:00', timeZone: 'Europe/Berlin', ...schedule },
    fromMs,
    { count },
  )

const days = (...parameters: Parameters<typeof ahead>): string[] =>
  ahead(...parameters).map(({ date }) => date)

describe('the dates of a schedule', () => {
  it('are every day, from the next time on', () => {
    expect(days({}, 3)).toEqual(['2026-01-31', '2026-02-01', '2026-02-02'])
    expect(days({ time: '11:01' }, 2)).toEqual(['2026-01-30', '2026-01-31'])
    // A time that is now has come.
    expect(days({ time: '11:00' }, 1)).toEqual(['2026-01-31'])
  })

  it('are a day of every week', () => {
    const weekly = { frequency: 'WEEKLY' } as const
    expect(days({ ...weekly, weekday: 'SUNDAY' }, 2)).toEqual(['2026-02-01', '2026-02-08'])
    expect(days({ ...weekly, weekday: 'FRIDAY' }, 2)).toEqual(['2026-02-06', '2026-02-13'])
    expect(days({ ...weekly, weekday: 'MONDAY' }, 1)).toEqual(['2026-02-02'])
  })

  it('are a day of every month, or its last day where it does not exist', () => {
    const monthly = { frequency: 'MONTHLY', time: '00:00' } as const
    expect(days({ ...monthly, dayOfMonth: 31 }, 6)).toEqual([
      '2026-01-31',
      '2026-02-28',
      '2026-03-31',
      '2026-04-30',
      '2026-05-31',
      '2026-06-30',
    ])
    expect(days({ ...monthly, dayOfMonth: 29 }, 2, Date.parse('2028-02-01'))).toEqual([
      '2028-02-29',
      '2028-03-29',
    ])
    expect(days({ ...monthly, dayOfMonth: 1 }, 2)).toEqual(['2026-02-01', '2026-03-01'])
  })

  it('keep the local time over changes of the clock, once each', () => {
    const spring = ahead({ time: '02:30' }, 3, Date.parse('2026-03-28T12:00Z'))
    expect(spring.map(({ ms, isMoved }) => [toIso(ms), isMoved])).toEqual([
      ['2026-03-29T01:00:00.000Z', true],
      ['2026-03-30T00:30:00.000Z', false],
      ['2026-03-31T00:30:00.000Z', false],
    ])
    // Between the first and the second 02:30 of the night.
    const autumn = ahead({ time: '02:30' }, 1, Date.parse('2026-10-25T00:45Z'))
    expect(autumn.map(({ date }) => date)).toEqual(['2026-10-26'])
  })

  it('go on behind a date that has run, also when a clock is set back', () => {
    const schedule: Schedule = { frequency: 'DAILY', time: '09:00', timeZone: 'UTC' }
    const early = Date.parse('2026-01-30T08:59:59Z')
    const [next] = datesAhead(schedule, early, { count: 1, after: '2026-01-30' })
    expect(next?.date).toBe('2026-01-31')
  })
})

const schedules: fc.Arbitrary<Schedule> = fc.record({
  frequency: fc.constantFrom(...frequencies),
  weekday: fc.constantFrom(...weekdays),
  dayOfMonth: fc.integer({ min: 1, max: 31 }),
  time: fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
    .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':')),
  timeZone: fc.constantFrom(
    'Europe/Berlin',
    'America/New_York',
    'America/St_Johns',
    'Australia/Lord_Howe',
    'Africa/Cairo',
    'America/Havana',
    'Pacific/Apia',
    'Asia/Kathmandu',
    'UTC',
  ),
})

describe('any schedule', () => {
  it('has every date either behind now or ahead of it, in order and once', () => {
    fc.assert(
      fc.property(
        schedules,
        fc.integer({ min: 0, max: 400 * 24 * 60 }),
        fc.integer({ min: 0, max: 300 }),
        (schedule, minutes, later) => {
          const startMs = Date.parse('2025-12-01') + minutes * 60_000
          const laterMs = startMs + later * 6 * 3_600_000
          const all = datesAhead(schedule, startMs, { count: 100 })
          const first = all[0]!.date
          const come = datesCome(schedule, first, laterMs)
          const after = come.at(-1)?.date
          const next = datesAhead(schedule, laterMs, { count: 3, after })
          const expected = all.slice(0, come.length + 3)
          expect([...come, ...next].slice(0, 100)).toEqual(expected)
          const instants = expected.map(({ ms }) => ms)
          expect(instants).toEqual([...new Set(instants)].sort((a, b) => a - b))
        },
      ),
      { numRuns: 200 },
    )
  })
})
