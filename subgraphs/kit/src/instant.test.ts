import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { parseDate, parseInstant, readInstant } from './instant.ts'

describe('parseInstant', () => {
  it.each([
    ['2026-01-31T09:15:02Z', '2026-01-31T09:15:02.000Z'],
    ['2026-01-31T09:15:02.5Z', '2026-01-31T09:15:02.500Z'],
    ['2026-01-31T09:15:02.123456789Z', '2026-01-31T09:15:02.123Z'],
    ['2026-01-31T10:15:02+01:00', '2026-01-31T09:15:02.000Z'],
    ['2026-01-31T00:30:00+05:45', '2026-01-30T18:45:00.000Z'],
    ['2024-02-29T23:59:59-00:00', '2024-02-29T23:59:59.000Z'],
    ['2000-02-29T00:00:00Z', '2000-02-29T00:00:00.000Z'],
  ])('reads %s as %s', (text, instant) => {
    expect(parseInstant(text)).toBe(instant)
  })

  it.each([
    '2027-02-31T00:00:00Z', // the month has no such day
    '2027-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2027-04-31T00:00:00Z',
    '2027-01-32T00:00:00Z',
    '2027-01-00T00:00:00Z',
    '2027-13-01T00:00:00Z',
    '2027-00-01T00:00:00Z',
    '2027-01-31T24:00:00Z', // the day has no such time
    '2027-01-31T25:00:00Z',
    '2027-01-31T23:60:00Z',
    '2016-12-31T23:59:60Z',
    '2027-01-31T09:15:00', // no zone
    '2027-01-31',
    '2027-01-31T09:15Z',
    '2027-01-31T09:15:00+24:00', // no such zone
    '2027-01-31T09:15:00+01:60',
    '2027-01-31T09:15:00+01',
    '2027-01-31T09:15:00+0100',
    '2027-01-31T09:15:00 UTC',
    '2027-01-31 09:15:00Z', // not the form
    '2027-01-31t09:15:00z',
    ' 2027-01-31T09:15:00Z',
    '2027-01-31T09:15:00Z\n',
    '2027-1-31T09:15:00Z',
    '2027-01-31T9:15:00Z',
    '2027-01-31T09:15:00.Z',
    '2027-01-31T09:15:00,5Z',
    '+012027-01-31T09:15:00Z',
    '9999-12-31T23:59:59-01:00', // the year 10000 in UTC
    '0000-01-01T00:00:00+01:00',
    '٢٠٢٧-01-31T09:15:00Z',
    '1801386900',
    'tomorrow',
    '',
  ])('refuses %j', (text) => {
    expect(() => parseInstant(text)).toThrow(/RFC 3339/)
    expect(readInstant(text)).toBeUndefined()
  })

  it('parses every instant that it formats', () => {
    const noOlder = new Date('0001-01-01T00:00:00Z')
    const noNewer = new Date('9999-12-31T23:59:59.999Z')
    fc.assert(
      fc.property(fc.date({ min: noOlder, max: noNewer, noInvalidDate: true }), (date) => {
        expect(parseInstant(date.toISOString())).toBe(date.toISOString())
      }),
    )
  })
})

describe('parseDate', () => {
  it('knows which dates exist', () => {
    expect(parseDate('2024-02-29')).toBe('2024-02-29')
    for (const bad of [
      '2025-02-29',
      '2025-02-31',
      '2025-13-01',
      '2025-00-10',
      '2025-10-00',
      '1985/06/15',
      '1985-6-5',
      '1985-06-15T00:00:00Z',
    ]) {
      expect(() => parseDate(bad)).toThrow(/existing date/)
    }
  })
})
