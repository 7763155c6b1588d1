import { describe, expect, it } from '@jest/globals'
import { toIso } from '@cnop/kit/clock'
import fc from 'fast-check'
import { instantOf, isTimeZone, localDate, wallClock } from './zoned-time.ts'

const at = (timeZone: string, date: string, time: string) => {
  const { ms, isMoved } = instantOf({ timeZone, date, time })
  return [toIso(ms), isMoved]
}

describe('the instant of a local time', () => {
  it.each([
    ['UTC', '2026-02-28', '23:59', '2026-02-28T23:59:00.000Z'],
    ['Europe/Berlin', '2026-01-05', '09:30', '2026-01-05T08:30:00.000Z'],
    ['Europe/Berlin', '2026-07-05', '09:30', '2026-07-05T07:30:00.000Z'],
    ['Asia/Kathmandu', '2026-01-05', '00:00', '2026-01-04T18:15:00.000Z'],
    ['Pacific/Kiritimati', '2026-01-01', '00:00', '2025-12-31T10:00:00.000Z'],
    ['America/Los_Angeles', '2026-12-31', '23:59', '2027-01-01T07:59:00.000Z'],
  ])('follows the offset of %s on %s at %s', (timeZone, date, time, expected) => {
    expect(at(timeZone, date, time)).toEqual([expected, false])
  })

  it.each([
    ['Europe/Berlin', '2026-03-29', '02:30', '2026-03-29T01:00:00.000Z'],
    ['Europe/Berlin', '2026-03-29', '02:00', '2026-03-29T01:00:00.000Z'],
    ['America/New_York', '2026-03-08', '02:59', '2026-03-08T07:00:00.000Z'],
    // Half an hour only.
    ['Australia/Lord_Howe', '2026-10-04', '02:15', '2026-10-03T15:30:00.000Z'],
    // These zones skip midnight.
    ['Africa/Cairo', '2026-04-24', '00:00', '2026-04-23T22:00:00.000Z'],
    ['America/Havana', '2026-03-08', '00:30', '2026-03-08T05:00:00.000Z'],
    ['America/Santiago', '2026-09-06', '00:00', '2026-09-06T04:00:00.000Z'],
    // This one skipped a whole day.
    ['Pacific/Apia', '2011-12-30', '12:00', '2011-12-30T10:00:00.000Z'],
  ])('is the end of the gap in %s on %s at %s', (timeZone, date, time, expected) => {
    expect(at(timeZone, date, time)).toEqual([expected, true])
  })

  it.each([
    ['Europe/Berlin', '2026-10-25', '02:30', '2026-10-25T00:30:00.000Z'],
    ['America/New_York', '2026-11-01', '01:00', '2026-11-01T05:00:00.000Z'],
    ['Australia/Lord_Howe', '2026-04-05', '01:45', '2026-04-04T14:45:00.000Z'],
    ['America/Havana', '2026-11-01', '00:15', '2026-11-01T04:15:00.000Z'],
    // The day before occurs again after midnight.
    ['Africa/Cairo', '2026-10-29', '23:30', '2026-10-29T20:30:00.000Z'],
  ])('is the first of two in %s on %s at %s', (timeZone, date, time, expected) => {
    expect(at(timeZone, date, time)).toEqual([expected, false])
  })
})

const quarterMs = 15 * 60_000
const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'))
const moments = fc.integer({
  min: Date.parse('2000-01-01T00:00Z') / 60_000,
  max: Date.parse('2060-01-01T00:00Z') / 60_000,
})

/** The first instant, quarter by quarter over all offsets there are, at which clocks show this; undefined when none does. */
function search(zone: string, wanted: number): number | undefined {
  for (let ms = wanted - 15 * 3_600_000; ms <= wanted + 15 * 3_600_000; ms += quarterMs) {
    if (wallClock(zone, ms) === wanted) return ms
  }
  return undefined
}

function expectRight(timeZone: string, wanted: number): void {
  const [date = '', time = ''] = toIso(wanted).slice(0, 16).split('T')
  const { ms, isMoved } = instantOf({ timeZone, date, time })
  const found = search(timeZone, wanted)
  expect({ isMoved, ms: isMoved ? undefined : ms }).toEqual({
    isMoved: found === undefined,
    ms: found,
  })
  if (!isMoved) return
  expect(wallClock(timeZone, ms)).toBeGreaterThan(wanted)
  expect(wallClock(timeZone, ms - 1_000)).toBeLessThan(wanted)
}

describe('every zone that Intl knows', () => {
  it('gives the first instant at which its clocks show a time, or the end of the gap', () => {
    fc.assert(
      fc.property(zones, moments, (zone, minute) => expectRight(zone, minute * 60_000)),
      { numRuns: 300 },
    )
  })

  it('does so around each change of its clocks in 2025 to 2027', () => {
    const changes = Intl.supportedValuesOf('timeZone').flatMap((zone) =>
      changesOf(zone, Date.parse('2025-01-01'), Date.parse('2028-01-01')),
    )
    expect(changes.length).toBeGreaterThan(500)
    fc.assert(
      fc.property(
        fc.constantFrom(...changes),
        fc.integer({ min: -150, max: 150 }),
        ({ zone, wall }, minutes) => expectRight(zone, wall + minutes * 60_000),
      ),
      { numRuns: 600 },
    )
  })
})

/** Where the clocks of a zone are changed, and what they show then. */
function changesOf(zone: string, fromMs: number, toMs: number) {
  const found: { zone: string; wall: number }[] = []
  const offset = (ms: number): number => wallClock(zone, ms) - ms
  for (let ms = fromMs; ms < toMs; ms += 14 * 86_400_000) {
    let [low, high] = [ms, ms + 14 * 86_400_000]
    if (offset(low) === offset(high)) continue
    while (high - low > 60_000) {
      const middle = low + Math.floor((high - low) / 120_000) * 60_000
      if (offset(middle) === offset(low)) low = middle
      else high = middle
    }
    found.push({ zone, wall: Math.floor(wallClock(zone, high) / 60_000) * 60_000 })
  }
  return found
}

describe('time zones', () => {
  it.each(['UTC', 'Europe/Berlin', 'Asia/Kolkata', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5'])(
    'are names such as %s',
    (name) => expect(isTimeZone(name)).toBe(true),
  )

  it.each(['', 'Berlin', '+01:00', '-0530', 'Europe/Berlin ', 'Europe/\u0000', 'x'.repeat(65)])(
    'are not %j',
    (name) => expect(isTimeZone(name)).toBe(false),
  )

  it('have days of their own', () => {
    const ms = Date.parse('2026-01-05T10:00Z')
    expect([localDate('Pacific/Kiritimati', ms), localDate('Pacific/Pago_Pago', ms)]).toEqual([
      '2026-01-06',
      '2026-01-04',
    ])
  })
})
