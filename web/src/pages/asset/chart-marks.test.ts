import { describe, expect, it } from '@jest/globals'
import { carryOn, describeFills, describeLimits, marksOf } from './chart-marks.ts'

const at = (minute: string): string => `2026-11-22T10:${minute}:00.000Z`
const candles = ['00', '05', '10'].map((minute) => ({ startsAt: at(minute) }))

const fill = (kind: 'BUY' | 'SELL', createdAt: string) => ({ kind, createdAt })

const open = { id: 'a', side: 'SELL' as const, quantity: '0.5', limitPrice: '70000' }

it('puts a fill at its candle, and groups fills of one side', () => {
  const fills = [
    fill('BUY', at('07')),
    fill('BUY', at('09')),
    fill('SELL', at('05')),
    fill('SELL', '2026-11-23T00:00:00.000Z'),
  ]
  const marks = marksOf({ fills, open: [] }, candles)
  expect(marks.fills).toEqual([
    { startsAt: at('05'), side: 'BUY', count: 2 },
    { startsAt: at('05'), side: 'SELL', count: 1 },
    { startsAt: at('10'), side: 'SELL', count: 1 },
  ])
  expect(describeFills(marks)).toBe('2 buys and 2 sales')
})

it('skips fills older than the chart', () => {
  const marks = marksOf({ fills: [fill('BUY', '2026-11-22T09:59:59.000Z')], open: [] }, candles)
  expect(marks).toEqual({ fills: [], limits: [] })
  expect(describeFills(marks)).toBeUndefined()
})

it('draws open orders at their limits and describes them', () => {
  expect(marksOf({ fills: [], open: [open] }, candles).limits).toEqual([
    { id: 'a', side: 'SELL', price: '70000', title: 'Sell limit' },
  ])
  const [shown] = describeLimits([open], 'BTC', false)
  expect(shown?.text).toBe('Sell 0.5 BTC at $70,000.00 or better')
  const [hidden] = describeLimits([open], 'BTC', true)
  expect(hidden?.text).toBe('Sell •••• BTC at $70,000.00 or better')
})

describe('the last candle', () => {
  const end = { startsAt: '2026-11-21T12:00:00.000Z', high: '64100', low: '63900', close: '64000' }
  const at = (price: string, quotedAt = '2026-11-21T12:00:03.000Z') => ({ price, quotedAt })

  it('ends at the displayed price, and its range includes it', () => {
    expect(carryOn(end, at('64050'))).toEqual({ ...end, close: '64050' })
    expect(carryOn(end, at('64200'))).toEqual({ ...end, close: '64200', high: '64200' })
    expect(carryOn(end, at('9999.5'))).toEqual({ ...end, close: '9999.5', low: '9999.5' })
  })

  it('is not changed by an older price', () => {
    expect(carryOn(end, at('1', '2026-11-21T11:59:59.000Z'))).toBe(end)
    expect(carryOn(end, undefined)).toBe(end)
  })
})

it('shows stop orders at their stop price until they are triggered', () => {
  const stop = { id: '1', side: 'SELL' as const, quantity: '0.5', limitPrice: null }
  const limited = { ...stop, id: '2', limitPrice: '54000' }
  const open = [
    { ...stop, stopPrice: '55000' },
    { ...limited, stopPrice: '55000' },
    { ...limited, id: '3', stopPrice: '55000', triggeredAt: '2026-11-21T12:00:00.000Z' },
  ]
  expect(marksOf({ fills: [], open }, []).limits).toEqual([
    { id: '1', side: 'SELL', price: '55000', title: 'Sell stop' },
    { id: '2', side: 'SELL', price: '55000', title: 'Sell stop' },
    { id: '3', side: 'SELL', price: '54000', title: 'Sell limit' },
  ])
  expect(describeLimits(open, 'BTC', false).map(({ text }) => text)).toEqual([
    'Sell 0.5 BTC once it is at $55,000.00 or below',
    'Sell 0.5 BTC once it is at $55,000.00 or below',
    'Sell 0.5 BTC at $54,000.00 or better',
  ])
})
