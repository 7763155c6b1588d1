import { expect, it } from '@jest/globals'
import { formatClock, formatRelative, formatZonedDateTime } from './time.ts'

const now = Date.parse('2026-11-21T12:00:00.000Z')

it.each([
  ['2026-11-21T11:59:30.000Z', 'just now'],
  ['2026-11-21T12:00:02.000Z', 'just now'],
  ['2026-11-21T11:55:00.000Z', '5 minutes ago'],
  ['2026-11-21T15:00:00.000Z', 'in 3 hours'],
  ['2026-11-20T12:00:00.000Z', '1 day ago'],
  ['2026-10-01T12:00:00.000Z', '1 Oct 2026'],
])('formats %s as %s', (iso, shown) => {
  expect(formatRelative(iso, now)).toBe(shown)
})

it('tells the second, and the zone, where it matters', () => {
  expect(formatClock('2026-11-21T12:00:47.000Z')).toMatch(/^\d\d:\d\d:47$/)
  expect(formatZonedDateTime('2026-12-01T00:00:00.000Z')).toMatch(
    /^(30 Nov|1 Dec) 2026, \d\d:\d\d [A-Z].*$/,
  )
})
