import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { type Candle, extremes, intervalMs } from '../candle.ts'
import { scenarios } from './scenario.ts'
import { simulateMarket } from './market.ts'

const lengths = Object.values(intervalMs)
const [minute = 0, , hour = 0] = lengths
const day = lengths.at(-1) ?? 0

const market = fc.record({
  seed: fc.string({ minLength: 1, maxLength: 12 }),
  scenario: fc.constantFrom(...scenarios),
  // Stocks of the market, a token that hardly moves, and one that is near its highest price ever.
  assetId: fc.constantFrom('BTC', 'ETH', 'USDT', 'DOGE', 'BNB', 'QUACK'),
  toMs: fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2030, 0) }),
})

/** The highest and the lowest price of several candles. */
const across = (candles: readonly Candle[]) =>
  extremes(candles.flatMap(({ high, low }) => [high, low]))

const fewRuns = { numRuns: 25 }

describe('the extremes of the simulated market', () => {
  it('of a long candle are those of the shorter ones in it', () => {
    fc.assert(
      fc.property(market, ({ assetId, toMs, ...options }) => {
        const simulated = simulateMarket(options)
        const fromMs = Math.floor(toMs / day) * day
        const [whole] = simulated.candles(assetId, { intervalMs: day, fromMs, toMs })
        if (!whole) return
        for (const length of lengths) {
          const parts = simulated.candles(assetId, { intervalMs: length, fromMs, toMs })
          expect({ length, ...across(parts) }).toEqual({ length, ...across([whole]) })
        }
      }),
      fewRuns,
    )
  })

  it('are the same in the charts of an hour, a day and a week, for the time that they share', () => {
    fc.assert(
      fc.property(market, ({ assetId, toMs, ...options }) => {
        const simulated = simulateMarket(options)
        const fromMs = Math.floor(toMs / hour) * hour
        const chart = (length: number, backMs: number) => {
          const all = simulated.candles(assetId, {
            intervalMs: length,
            fromMs: toMs - backMs,
            toMs,
          })
          return across(all.filter(({ startsAtMs }) => startsAtMs >= fromMs))
        }
        const week = chart(hour, 7 * day)
        expect(chart(5 * minute, day)).toEqual(week)
        expect(chart(minute, hour)).toEqual(week)
      }),
      fewRuns,
    )
  })

  it('are those of the price at every second second, where its shortest waves bend', () => {
    fc.assert(
      fc.property(market, ({ assetId, toMs, ...options }) => {
        const simulated = simulateMarket(options)
        const fromMs = Math.floor(toMs / hour) * hour
        const [whole] = simulated.candles(assetId, { intervalMs: hour, fromMs, toMs })
        if (!whole) return
        const moments = Array.from(
          { length: Math.ceil((toMs - fromMs) / 2_000) },
          (_, place) => fromMs + place * 2_000,
        )
        const prices = [...moments, toMs].map(
          (timeMs) => simulated.priceAt(assetId, timeMs) ?? whole.open,
        )
        expect(across([whole])).toEqual(extremes(prices))
      }),
      fewRuns,
    )
  })
})
