import { expect, it } from '@jest/globals'
import { describeAlert, describeFills, describeOrders, marksOf } from './marks.ts'

const at = (minute: string): string => `2026-11-22T10:${minute}:00.000Z`
const candles = ['00', '05', '10'].map((minute) => ({ startsAt: at(minute) }))

const fill = (kind: 'BUY' | 'SELL', createdAt: string) => ({ kind, createdAt })

const none = { fills: [], open: [], alerts: [], averageCost: null }

const order = {
  id: 'a',
  side: 'SELL' as const,
  type: 'LIMIT' as const,
  quantity: '0.5',
  limitPrice: '70000',
}

it('puts a fill at its candle, and groups fills of one side', () => {
  const fills = [
    fill('BUY', at('07')),
    fill('BUY', at('09')),
    fill('SELL', at('05')),
    fill('SELL', '2026-11-23T00:00:00.000Z'),
  ]
  const marks = marksOf({ ...none, fills }, candles)
  expect(marks.fills).toEqual([
    { startsAt: at('05'), side: 'BUY', count: 2 },
    { startsAt: at('05'), side: 'SELL', count: 1 },
    { startsAt: at('10'), side: 'SELL', count: 1 },
  ])
  expect(describeFills(marks)).toBe('2 buys and 2 sales')
})

it('skips fills older than the chart', () => {
  const fills = [fill('BUY', '2026-11-22T09:59:59.000Z')]
  const marks = marksOf({ ...none, fills }, candles)
  expect(marks).toEqual({ fills: [], lines: [] })
  expect(describeFills(marks)).toBeUndefined()
})

it('draws open orders at their limits and describes them', () => {
  expect(marksOf({ ...none, open: [order] }, candles).lines).toEqual([
    { id: 'a limit', kind: 'SELL', price: '70000', title: 'Sell limit' },
  ])
  const [shown] = describeOrders([order], 'BTC', false)
  expect(shown?.text).toBe('Sell 0.5 BTC at $70,000.00 or better (limit)')
  const [hidden] = describeOrders([order], 'BTC', true)
  expect(hidden?.text).toBe('Sell •••• BTC at $70,000.00 or better (limit)')
})

it('draws both prices of an order with a stop and a limit, and no stop that was triggered', () => {
  const open = [
    { ...order, id: '1', type: 'STOP' as const, limitPrice: null, stopPrice: '55000' },
    { ...order, id: '2', type: 'OCO' as const, stopPrice: '55000' },
    { ...order, id: '3', type: 'STOP_LIMIT' as const, limitPrice: '54000', stopPrice: '55000' },
    {
      ...order,
      ...{ id: '4', type: 'STOP_LIMIT' as const, limitPrice: '54000', stopPrice: '55000' },
      triggeredAt: '2026-11-21T12:00:00.000Z',
    },
  ]
  const lines = marksOf({ ...none, open }, []).lines.map(({ id, price }) => [id, price])
  expect(lines).toEqual([
    ['1 stop', '55000'],
    ['2 limit', '70000'],
    ['2 stop', '55000'],
    ['3 limit', '54000'],
    ['3 stop', '55000'],
    ['4 limit', '54000'],
  ])
  expect(describeOrders(open, 'BTC', false).map(({ text }) => text)).toEqual([
    'Sell 0.5 BTC once it is at $55,000.00 or below (stop)',
    'Sell 0.5 BTC at $70,000.00 or better, or once it is at $55,000.00 or below (limit or stop)',
    'Sell 0.5 BTC once it is at $55,000.00 or below, then at $54,000.00 or better (stop limit)',
    'Sell 0.5 BTC at $54,000.00 or better (stop limit)',
  ])
  const trailing = { type: 'TRAILING_STOP' as const, limitPrice: null, stopPrice: '55000' }
  const [trail] = describeOrders([{ ...order, ...trailing, trailAmount: '150' }], 'BTC', false)
  expect(trail?.text).toMatch(/ \(trailing stop by \$150\.00 per unit\)$/)
})

it('draws waiting alerts and the average cost of a holding', () => {
  const alert = { id: 'x', direction: 'BELOW' as const, price: '50000' }
  const { lines } = marksOf({ ...none, alerts: [alert], averageCost: '61000.508' }, [])
  expect(lines).toEqual([
    { id: 'x', kind: 'ALERT', price: '50000', title: 'Alert' },
    { id: 'cost', kind: 'COST', price: '61000.51', title: 'Average cost' },
  ])
  expect(describeAlert(alert)).toBe('Falls to $50,000.00')
  const repeating = { ...alert, repeats: true }
  expect(marksOf({ ...none, alerts: [repeating] }, []).lines).toMatchObject([
    { title: 'Alert, repeats' },
  ])
  expect(describeAlert(repeating)).toBe('Falls to $50,000.00, again and again')
  expect(marksOf({ ...none, averageCost: '0' }, []).lines).toEqual([])
})

it('draws every kind of waiting alert at its price', () => {
  const alerts = [
    { id: '1', direction: 'ABOVE' as const, price: '70000' },
    { id: '2', direction: 'BELOW' as const, price: '60000', repeats: true },
    { id: '3', direction: 'ABOVE' as const, price: '66950', changeBasisPoints: 250 },
    {
      ...{ id: '4', direction: 'BELOW' as const, price: '58500' },
      ...{ changeBasisPoints: 1_000, repeats: true },
    },
  ]
  const { lines } = marksOf({ ...none, alerts }, [])
  expect(lines.map(({ kind, price, title }) => [kind, price, title])).toEqual([
    ['ALERT', '70000', 'Alert'],
    ['ALERT', '60000', 'Alert, repeats'],
    ['ALERT', '66950', 'Alert +2.5%'],
    ['ALERT', '58500', 'Repeats −10%'],
  ])
})
