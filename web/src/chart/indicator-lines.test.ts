import { expect, it } from '@jest/globals'
import { type IndicatorName, type Indicators, readIndicators } from './indicator-kinds.ts'
import { computeLines } from './indicator-lines.ts'

const on = (name: IndicatorName, numbers: readonly number[]): Indicators => ({
  ...readIndicators(null),
  [name]: { isOn: true, numbers },
})

const rounded = (closes: readonly number[], indicators: Indicators) =>
  computeLines(closes, indicators).map(({ name, part, values }) => [
    `${name} ${part}`.trim(),
    values.map((value) => value && Number(value.toFixed(4))),
  ])

it('draws no indicator that is off', () => {
  expect(computeLines([1, 2, 3], readIndicators(undefined))).toEqual([])
})

it('averages the last prices, once there are enough of them', () => {
  expect(rounded([1, 2, 3, 4, 5, 9], on('ma', [5]))).toEqual([
    ['MA 5', [null, null, null, null, 3, 4.6]],
  ])
})

it('weighs newer prices more in an exponential average', () => {
  // It begins with the first price; each later one has the weight 2 / (5 + 1).
  const [, values] = rounded([10, 10, 10, 10, 10, 16, 16], on('ema', [5]))[0] ?? []
  expect(values?.slice(-3)).toEqual([10, 12, 13.3333])
})

it('puts bands at standard deviations around the average', () => {
  // The average of 2, 4, 4, 4, 5, 5, 7, 9 twice is 5, and their standard deviation 2.
  const prices = [2, 4, 4, 4, 5, 5, 7, 9]
  const bands = rounded([...prices, ...prices], on('bollinger', [8, 1.5]))
  expect(bands.map(([name, values]) => [name, values?.at(-1)])).toEqual([
    ['Bands 8 1.5 upper', 8],
    ['Bands 8 1.5 middle', 5],
    ['Bands 8 1.5 lower', 2],
  ])
})

it('measures the strength of rises against falls', () => {
  const rising = Array.from({ length: 20 }, (_, place) => 100 + place)
  const turning = Array.from({ length: 40 }, (_, place) => 100 + (place % 2))
  const last = (closes: readonly number[]) =>
    computeLines(closes, on('rsi', [14]))[0]?.values.at(-1)
  expect(last(rising)).toBe(100)
  expect(last(turning)).toBeCloseTo(51.8, 0)
})

it('compares a fast average with a slow one', () => {
  const flat = Array.from({ length: 60 }, () => 50)
  const lines = rounded([...flat, 60], on('macd', [12, 26, 9]))
  // A rise of 10 moves the averages by 2/13 and 2/27 of it, and the signal by a fifth of their distance.
  const macd = 10 * (2 / 13 - 2 / 27)
  expect(lines.map(([name, values]) => [name, values?.at(-1)])).toEqual([
    ['MACD 12 26 9 histogram', Number((macd * 0.8).toFixed(4))],
    ['MACD 12 26 9 line', Number(macd.toFixed(4))],
    ['MACD 12 26 9 signal', Number((macd * 0.2).toFixed(4))],
  ])
})

it('takes the usual numbers for stored ones that cannot be chosen', () => {
  const stored = { ma: { isOn: true, numbers: [1e9] }, macd: { isOn: 'yes', numbers: [8, 21] } }
  const { ma, macd } = readIndicators(stored)
  expect(ma).toEqual({ isOn: true, numbers: [20] })
  expect(macd).toEqual({ isOn: false, numbers: [8, 21, 9] })
})
