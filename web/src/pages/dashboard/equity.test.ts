import { expect, it } from '@jest/globals'
import { formatDay } from '../../format/time.ts'
import { cutHistory, dayTicks, describeEquity, readEquity } from './equity.ts'

const point = (hour: string, total: string, paidIn: string) => ({
  __typename: 'EquityPoint' as const,
  at: `2026-11-22T${hour}:00:00.000Z`,
  total,
  cash: '0.00',
  holdings: total,
  paidIn,
})

it('separates profit from deposits', () => {
  const history = [
    point('08', '100.00', '0.00'),
    point('09', '650.00', '500.00'),
    point('10', '580.50', '500.00'),
  ]
  const equity = readEquity(history)
  expect(equity).toMatchObject({ paidIn: '500.00', profit: '-19.50' })
  expect(
    equity?.points.map(({ at, total, invested }) => `${at.slice(11, 13)} ${total} ${invested}`),
  ).toEqual(['08 100.00 100.00', '09 150.00 100.00', '09 650.00 600.00', '10 580.50 600.00'])
  expect(describeEquity(equity!, 'the last day', false)).toBe(
    'Portfolio value over the last day: from $100.00 to $580.50; paid in and gifts $500.00, profit or loss −$19.50',
  )
  expect(describeEquity(equity!, 'the last day', true)).not.toMatch(/\d/)
})

it('begins with the first of some days, and counts what was paid in from there', () => {
  const on = (day: string, total: string, paidIn: string) => ({
    ...point('00', total, paidIn),
    at: `2026-11-${day}T00:00:00.000Z`,
  })
  const history = [
    on('20', '0.00', '0.00'),
    on('21', '100.00', '100.00'),
    on('22', '650.00', '600.00'),
    on('23', '640.00', '600.00'),
    on('24', '1.00', '0.00'),
  ]
  const part = cutHistory(history, { from: '2026-11-21', to: '2026-11-22' })
  expect(part.map(({ at, paidIn }) => `${at.slice(8, 10)} ${paidIn}`)).toEqual([
    '21 0.00',
    '22 500.00',
    '23 500.00',
  ])
  expect(readEquity(part)).toMatchObject({ paidIn: '500.00', profit: '40.00' })
  expect(cutHistory(history, { from: '2026-11-25', to: '2026-11-26' })).toEqual([])
})

it('draws nothing before the first deposit', () => {
  expect(readEquity([])).toBeUndefined()
  expect(readEquity([point('08', '100.00', '0.00')])).toBeUndefined()
  expect(readEquity([point('08', '0.00', '0.00'), point('09', '0.00', '0.00')])).toBeUndefined()
})

it('continues to the total of the page, and starts a day where the day change of the page starts', () => {
  const history = [
    { ...point('08', '100.00', '0.00'), cash: '20.00' },
    { ...point('10', '580.50', '500.00'), cash: '20.00' },
  ]
  const present = {
    cash: { posted: '20.00' },
    total: '590.00',
    assets: '570.00',
    dayFrom: '601.00',
  }
  const drawn = (isDay: boolean, now = present) => {
    const { first, last, paidIn, profit } = readEquity(history, now, isDay)!
    return [first.total, last.total, paidIn, profit].join(' ')
  }
  expect(drawn(false)).toBe('100.00 590.00 500.00 -10.00')
  expect(drawn(true)).toBe('101.00 590.00 500.00 -11.00')
  const paid = { ...present, cash: { posted: '120.00' }, total: '690.00' }
  expect(drawn(true, paid)).toBe('100.00 690.00 500.00 -19.50')
})

it.each([2, 7, 30, 366])('labels each date once on an axis of %i days', (days) => {
  const from = Date.parse('2026-03-25T13:37:00.000Z')
  const to = from + days * 86_400_000
  const ticks = dayTicks(from, to)
  const labels = ticks.map((ms) => formatDay(new Date(ms).toISOString()))
  expect(new Set(labels).size).toBe(labels.length)
  expect(labels.length).toBeGreaterThan(1)
  expect(labels.length).toBeLessThan(10)
  expect(ticks.every((ms) => ms >= from && ms <= to)).toBe(true)
})
