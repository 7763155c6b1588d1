import { describe, expect, it } from '@jest/globals'
import { append, carryOn, widen, withInterval, withRange } from './candles.ts'

const at = (time: string): string => `2026-11-21T${time}:00.000Z`

const candle = (time: string, prices: string, volume: string | null = '10.05') => {
  const [open = '', high = '', low = '', close = ''] = prices.split(' ')
  return { startsAt: at(time), open, high, low, close, volume }
}

describe('longer candles', () => {
  const five = [
    candle('11:55', '1 9 1 2'),
    candle('12:00', '2 5 2 3'),
    candle('12:05', '3 10 3 4'),
    candle('12:10', '4 4 0.5 2'),
    candle('12:15', '2 3 1 2', null),
  ]

  it('are put together exactly, without a first one that lacks its beginning', () => {
    expect(widen(five, '15m')).toEqual([
      candle('12:00', '2 10 0.5 2', '30.15'),
      candle('12:15', '2 3 1 2', null),
    ])
  })

  it('have no volume while that of a part is not known', () => {
    const parts = [candle('12:00', '1 1 1 1'), candle('12:05', '1 1 1 1', null)]
    expect(widen(parts, '15m')).toEqual([candle('12:00', '1 1 1 1', null)])
  })

  it('of the same length are the same ones, so that nothing is drawn again', () => {
    expect(widen(five, '5m')).toBe(five)
  })
})

describe('the displayed price', () => {
  const ended = candle('12:00', '63950 64050 63900 64010')
  const last = candle('12:05', '64010 64100 63900 64000')
  const on = (price: string, time: string) =>
    carryOn([ended, last], { price, quotedAt: at(time) }, '5m')

  it('ends the last candle, whose range includes it', () => {
    expect(on('64050', '12:06')).toEqual([ended, { ...last, close: '64050' }])
    expect(on('64200', '12:06').at(-1)).toEqual({ ...last, close: '64200', high: '64200' })
    expect(on('9999.5', '12:06').at(-1)).toEqual({ ...last, close: '9999.5', low: '9999.5' })
  })

  it('begins the next candle when the last one is over, without a volume', () => {
    expect(on('64050', '12:11')).toEqual([
      ended,
      last,
      candle('12:10', '64050 64050 64050 64050', null),
    ])
  })

  it('changes nothing when it is older, or not known', () => {
    const candles = [ended, last]
    expect(carryOn(candles, { price: '1', quotedAt: at('12:04') }, '5m')).toBe(candles)
    expect(carryOn(candles, undefined, '5m')).toBe(candles)
  })
})

describe('newer candles', () => {
  const one = (time: string, close = '1') => candle(time, `1 1 1 ${close}`)

  it('follow those that are drawn, which keep their places', () => {
    const drawn = [one('12:00'), one('12:01'), one('12:02')]
    const next = [one('12:01', '2'), one('12:02', '3'), one('12:03')]
    expect(append(drawn, next, '1m')).toEqual([one('12:00'), ...next])
  })

  it('replace those that are drawn when there is a gap between them', () => {
    const next = [one('13:00'), one('13:01')]
    expect(append([one('12:00')], next, '1m')).toBe(next)
  })
})

describe('ranges and intervals', () => {
  const day = { range: 'DAY', interval: '15m' } as const

  it('keep the interval where the range has it', () => {
    expect(withRange({ ...day, interval: '1h' }, 'WEEK')).toEqual({ range: 'WEEK', interval: '1h' })
    expect(withRange(day, 'YEAR')).toEqual({ range: 'YEAR', interval: '1d' })
  })

  it('keep the range where it has the interval, and otherwise turn to the longest that has it', () => {
    expect(withInterval(day, '1h')).toEqual({ range: 'DAY', interval: '1h' })
    expect(withInterval(day, '1m')).toEqual({ range: 'HOUR', interval: '1m' })
    expect(withInterval({ range: 'HOUR', interval: '1m' }, '1h')).toEqual({
      range: 'WEEK',
      interval: '1h',
    })
  })
})
