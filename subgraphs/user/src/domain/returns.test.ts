import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  annualise,
  type Level,
  linkReturns,
  maximumDrawdown,
  moneyWeightedReturn,
  type Period,
  periodReturn,
  volatilityOf,
  yearMs,
} from './returns.ts'

const period = (startValue: number, endValue: number, ...flows: [number, number][]): Period => ({
  ...{ startMs: 0, endMs: 100, startValue, endValue },
  flows: flows.map(([atMs, amount]) => ({ atMs, amount })),
})

const cents = fc.integer({ min: 1, max: 1e9 })
const moment = fc.integer({ min: 0, max: 100 })
const inflows = fc.array(fc.tuple(moment, cents), { maxLength: 8 })
const flows = fc.array(fc.tuple(moment, fc.integer({ min: -1e6, max: 1e6 })), { maxLength: 8 })
const oldestFirst = (list: readonly (readonly [number, number])[]) =>
  list.toSorted(([a], [b]) => a - b).map(([atMs, amount]): [number, number] => [atMs, amount])

describe('the return of a period', () => {
  it.each([
    ['what grows', period(100, 110), 0.1],
    ['a payment half of the time', period(100, 165, [50, 50]), 15 / 125],
    ['a payment at the beginning', period(100, 165, [0, 50]), 0.1],
    ['a payment at the end', period(100, 160, [100, 50]), 0.1],
    ['the first payment, from its moment on', period(0, 110, [90, 100]), 0.1],
    ['the last withdrawal, until its moment', period(100, 0, [10, -110]), 0.1],
    ['what came and went within it', period(0, 0, [20, 100], [60, -110]), 0.1],
    ['what came and went at once', period(0, 0, [20, 100], [20, -110]), 0.1],
    ['a total loss', period(100, 0, [50, 20]), -1],
  ])('counts %s', (_name, given, expected) => {
    expect(periodReturn(given)).toBeCloseTo(expected, 12)
  })

  it('is undefined where nothing was there', () => {
    expect(periodReturn(period(0, 0))).toBeUndefined()
    expect(moneyWeightedReturn(period(0, 0))).toBeUndefined()
  })

  it('is never below -1, and has the sign of the gain', () => {
    const money = fc.integer({ min: 0, max: 1e9 })
    fc.assert(
      fc.property(money, money, flows, (start, end, list) => {
        const given = period(start, end, ...oldestFirst(list))
        const found = periodReturn(given)
        const gain = end - start - list.reduce((sum, [, amount]) => sum + amount, 0)
        const isPossible =
          gain >= -(start + list.reduce((sum, [, each]) => sum + Math.max(0, each), 0))
        if (found === undefined || !isPossible) return
        expect(found).toBeGreaterThanOrEqual(-1)
        expect(Math.sign(found)).toBe(Math.sign(gain))
      }),
    )
  })
})

describe('the money-weighted return', () => {
  it('finds the rate at which what was paid in grew', () => {
    const rate = fc.double({ min: -0.99, max: 100, noNaN: true })
    fc.assert(
      fc.property(cents, inflows, rate, (start, list, expected) => {
        const paid = [[0, start], ...list] as [number, number][]
        const end = paid.reduce(
          (sum, [atMs, amount]) => sum + amount * (1 + expected) ** ((100 - atMs) / 100),
          0,
        )
        const found = moneyWeightedReturn(period(start, end, ...oldestFirst(list)))
        // A flow at the very end does not grow; with such flows alone, cents decide.
        expect(Math.abs((found ?? NaN) - expected) * start).toBeLessThan(1e-6 * end + 1e-3)
      }),
    )
  })

  it('is undefined where no rate lets the payments grow to the end value', () => {
    // More was taken out at the beginning than was there, and nothing came back.
    expect(moneyWeightedReturn(period(1, 10, [0, -5], [100, 2]))).toBeUndefined()
  })

  it('is annualised over days of 365 in a year', () => {
    expect(annualise(0.21, 2 * yearMs)).toBeCloseTo(0.1, 12)
  })
})

describe('the figures of daily returns', () => {
  const returns = fc.array(fc.double({ min: -0.5, max: 0.5, noNaN: true }), { minLength: 2 })

  it('link to the level that they lead to', () => {
    expect(linkReturns([0.5, -0.5, 1])).toBeCloseTo(0.5, 12)
    expect(linkReturns([])).toBe(0)
  })

  it('have a volatility that does not depend on their order or mean', () => {
    fc.assert(
      fc.property(returns, (list) => {
        const found = volatilityOf(list, 365) ?? NaN
        const moved =
          volatilityOf(
            list.toReversed().map((each) => each + 3),
            365,
          ) ?? NaN
        expect(moved).toBeCloseTo(found, 6)
        expect(volatilityOf(list, 4 * 365)).toBeCloseTo(2 * found, 6)
      }),
    )
    expect(volatilityOf([0.1], 365)).toBeUndefined()
  })

  it('have the deepest of all falls', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1_000 })), (values) => {
        const levels = values.map((level, atMs): Level => ({ level, atMs }))
        const falls = levels.flatMap((peak) =>
          levels.filter(({ atMs }) => atMs > peak.atMs).map((low) => 1 - low.level / peak.level),
        )
        const found = maximumDrawdown(levels)
        expect(found?.share ?? 0).toBe(Math.max(0, ...falls))
        if (found) expect(found.toMs).toBeGreaterThan(found.fromMs)
      }),
    )
  })
})
