import { expect, it } from '@jest/globals'
import { createTimeFormat, zoneWords } from './time.ts'

const at = (iso: string): number => Date.parse(iso) / 1_000

it('shows every time in the zone that it names', () => {
  const { full, mark } = createTimeFormat('UTC', '5m')
  expect(zoneWords('UTC', '5m')).toBe('Times in UTC')
  expect(full(at('2026-11-21T23:05:00Z'))).toBe('21 Nov 2026, 23:05')
  expect(mark(at('2026-11-21T23:05:00Z'), 'time')).toBe('23:05')
  expect(mark(at('2026-11-22T00:00:00Z'), 'day')).toBe('22 Nov')
})

it('shows a day of UTC that begins at another hour with that hour', () => {
  const { full, mark } = createTimeFormat('Asia/Tokyo', '1h')
  expect(zoneWords('Asia/Tokyo', '1h')).toBe('Times in Asia/Tokyo')
  expect(full(at('2026-11-21T23:05:00Z'))).toBe('22 Nov 2026, 08:05')
  expect(mark(at('2026-11-22T00:00:00Z'), 'day')).toBe('22 Nov 09:00')
})

it('shows candles of a day as days of UTC in every zone', () => {
  expect(zoneWords('America/Lima', '1d')).toBe('Days of UTC')
  const { full, mark } = createTimeFormat('America/Lima', '1d')
  expect(full(at('2026-11-21T00:00:00Z'))).toBe('21 Nov 2026')
  expect(mark(at('2026-11-01T00:00:00Z'), 'month')).toBe('Nov')
})
