import { describe, expect, it } from '@jest/globals'
import { formatPrice, price } from '@cnop/kit/money'
import { percentChange } from '../percent.ts'
import { judgeReading } from '../price-band.ts'
import { simulateMarket } from './market.ts'
import { scenarios } from './scenario.ts'

const nowMs = Date.parse('2026-03-04T12:00:00.000Z')
const hourMs = 3_600_000
const dayMs = 24 * hourMs
const market = simulateMarket({ seed: 'market', scenario: 'quiet' })

function changesOf(assetId: string, days: number): number[] {
  return Array.from({ length: days }, (_, day) => {
    const endMs = nowMs - day * dayMs
    const before = market.priceAt(assetId, endMs - dayMs)
    return percentChange(market.priceAt(assetId, endMs)!, before)!
  })
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length
  const [meanA, meanB] = [mean(a), mean(b)]
  const sum = (pick: (place: number) => number) =>
    a.reduce((total, _, place) => total + pick(place), 0)
  const covariance = sum((place) => (a[place]! - meanA) * (b[place]! - meanB))
  const square = (values: readonly number[], m: number) =>
    values.reduce((s, v) => s + (v - m) ** 2, 0)
  return covariance / Math.sqrt(square(a, meanA) * square(b, meanB))
}

describe('the simulated market', () => {
  it('has at least a hundred assets with unique tickers', () => {
    const tickers = market.listings.map(({ assetId }) => assetId)
    expect(new Set(tickers).size).toBe(tickers.length)
    expect(tickers.length).toBeGreaterThanOrEqual(100)
    expect(tickers.every((ticker) => /^[A-Z0-9]{1,10}$/.test(ticker))).toBe(true)
  })

  // Other machines and engines must come to the very same figures.
  it.each([
    ['BTC', 'quiet', '58660.82'],
    ['ETH', 'volatile', '2005.5'],
    ['USDT', 'crash', '1.0047'],
    ['QUACK', 'quiet', '0.00000000024'],
  ] as const)('prices %s in a %s market exactly', (assetId, scenario, expected) => {
    const at = simulateMarket({ seed: 'pinned', scenario }).priceAt(assetId, nowMs)
    expect(formatPrice(at!)).toBe(expected)
  })

  it('gives the same past to every reader, in any order', () => {
    const other = simulateMarket({ seed: 'market', scenario: 'quiet' })
    const times = Array.from({ length: 50 }, (_, place) => nowMs - place * 977_777)
    const forward = times.map((timeMs) => market.priceAt('SOL', timeMs))
    const backward = [...times].reverse().map((timeMs) => other.priceAt('SOL', timeMs))
    expect(backward.reverse()).toEqual(forward)
  })

  it('is another market under another seed', () => {
    const other = simulateMarket({ seed: 'other', scenario: 'quiet' })
    expect(other.priceAt('BTC', nowMs)).not.toBe(market.priceAt('BTC', nowMs))
  })

  it.each(scenarios)(
    'keeps every price between its lowest and highest ever when %s',
    (scenario) => {
      const wild = simulateMarket({ seed: 'bounds', scenario })
      for (const { assetId, allTimeHigh, allTimeLow } of wild.listings) {
        for (let step = 0; step < 100; step++) {
          const at = wild.priceAt(assetId, nowMs - step * 3.7 * dayMs)!
          expect(at <= allTimeHigh && at >= allTimeLow && at > 0n).toBe(true)
        }
      }
      expect(
        wild.listings.find(({ assetId }) => assetId === 'BTC')!.allTimeHigh <= price('100000'),
      ).toBe(true)
    },
  )

  it('keeps dollar tokens within half a cent of a dollar', () => {
    for (const day of Array(365).keys()) {
      const at = market.priceAt('USDT', nowMs - day * dayMs)!
      expect(at > price('0.995') && at < price('1.005')).toBe(true)
    }
  })

  it('moves its assets together, and each of them independently', () => {
    const bitcoin = changesOf('BTC', 300)
    const together = correlation(bitcoin, changesOf('ETH', 300))
    expect(together).toBeGreaterThan(0.4)
    expect(together).toBeLessThan(0.98)
    expect(Math.abs(correlation(bitcoin, changesOf('USDT', 300)))).toBeLessThan(0.3)
  })

  it('moves BTC by a few per cent on an ordinary day, and by more in a volatile market', () => {
    const spread = (changes: readonly number[]) =>
      Math.sqrt(changes.reduce((sum, change) => sum + change ** 2, 0) / changes.length)
    expect(spread(changesOf('BTC', 300))).toBeGreaterThan(1)
    expect(spread(changesOf('BTC', 300))).toBeLessThan(4)
  })

  it('falls by a quarter and more within minutes when it crashes, and recovers', () => {
    const crashing = simulateMarket({ seed: 'market', scenario: 'crash' })
    const before = crashing.priceAt('BTC', nowMs)!
    const bottom = crashing.priceAt('BTC', nowMs + 600_000)!
    const after = crashing.priceAt('BTC', nowMs + 4 * hourMs - 1)!
    expect(percentChange(bottom, before)).toBeLessThan(-25)
    expect(percentChange(after, bottom)).toBeGreaterThan(25)
  })

  it.each(scenarios)(
    'never leaves the price band between two readings a minute apart when %s',
    (scenario) => {
      const moving = simulateMarket({ seed: 'market', scenario })
      const [minuteMs, band] = [60_000, { percent: 20, windowMs: 60_000 }]
      for (const { assetId } of moving.listings) {
        let state = {}
        // A whole cycle of the crash, fall and recovery, and the beginning of the next.
        for (let readAtMs = nowMs; readAtMs <= nowMs + 4.2 * hourMs; readAtMs += minuteMs) {
          const reading = { price: moving.priceAt(assetId, readAtMs)!, quotedAt: '', readAtMs }
          state = judgeReading(state, reading, band)
          expect(state).toEqual({ accepted: { price: reading.price, atMs: readAtMs } })
        }
      }
    },
  )

  it('ticks every second', () => {
    const prices = new Set(
      Array.from({ length: 60 }, (_, second) => market.priceAt('BTC', nowMs + second * 1_000)),
    )
    expect(prices.size).toBeGreaterThan(40)
  })
})

describe('candles of the simulated market', () => {
  const span = { intervalMs: hourMs, fromMs: nowMs - 7 * dayMs, toMs: nowMs + 1_234 }

  it('follow each other without a gap and hold their own prices', () => {
    const candles = market.candles('ETH', span)
    expect(candles).toHaveLength(169)
    candles.forEach((candle, place) => {
      expect(candle.startsAtMs).toBe(span.fromMs + place * hourMs)
      expect(candle.high >= candle.open && candle.high >= candle.close).toBe(true)
      expect(candle.low <= candle.open && candle.low <= candle.close).toBe(true)
      expect(candle.volume > 0n).toBe(true)
      if (place > 0) expect(candle.open).toBe(candles[place - 1]!.close)
    })
    expect(candles.at(-1)!.close).toBe(market.priceAt('ETH', span.toMs))
  })

  it('give the same volume in every length', () => {
    const toMs = nowMs - (nowMs % dayMs)
    const [fromMs, minuteMs] = [toMs - dayMs, 60_000]
    const traded = (intervalMs: number) =>
      market
        .candles('ETH', { intervalMs, fromMs, toMs })
        .reduce((sum, { volume }) => sum + volume, 0n)
    const day = traded(dayMs)
    for (const intervalMs of [minuteMs, 5 * minuteMs, hourMs, 4 * hourMs]) {
      // Each candle is cut off at a cent, and each part of five minutes at far less.
      expect(day - traded(intervalMs) >= 0n && day - traded(intervalMs) <= 2_880n).toBe(true)
    }
  })

  it.each([1_234, 299_999])(
    'add up to the volume of the day, %i ms into the last one',
    (intoMs) => {
      const intervalMs = 300_000
      const startMs = nowMs - (nowMs % intervalMs)
      const toMs = startMs + intoMs
      const fromMs = startMs + intervalMs - dayMs
      const candles = market.candles('ETH', { intervalMs, fromMs, toMs })
      const rounding =
        market.volumeAt('ETH', toMs) - candles.reduce((sum, { volume }) => sum + volume, 0n)
      expect(candles).toHaveLength(288)
      expect(rounding >= 0n && rounding <= 288n).toBe(true)
    },
  )

  it('do not change once their time is over', () => {
    const later = market.candles('ETH', { ...span, toMs: span.toMs + dayMs })
    expect(later.slice(0, 168)).toEqual(market.candles('ETH', span).slice(0, 168))
  })

  it('are none for an asset that the market does not have', () => {
    expect(market.candles('NOPE', span)).toEqual([])
  })
})
