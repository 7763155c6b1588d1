import { describe, expect, it } from '@jest/globals'
import { toIso } from '@cnop/kit/clock'
import { price, type Price, priceFromUnits } from '@cnop/kit/money'
import type { PriceDirection } from '@cnop/quotes/nearest-waiting'
import { armed } from '@cnop/quotes/rearm'
import { rangeOf, type SeenPrice, type SeenRange, widenRange } from '@cnop/quotes/seen-prices'
import fc from 'fast-check'
import { isMet, meetAlert, type PriceAlert } from './price-alert.ts'

const minuteMs = 60_000
const startMs = Date.parse('2026-01-05T10:00:00.000Z')

const alertOn = (direction: PriceDirection, target: bigint, distance: bigint): PriceAlert => ({
  ...{ id: 'alr_0000000001', username: 'alice1', assetId: 'BTC', direction, status: 'ACTIVE' },
  price: priceFromUnits(target),
  changeBasisPoints: undefined,
  referencePrice: undefined,
  repeat: armed(priceFromUnits(direction === 'ABOVE' ? target - distance : target + distance)),
  createdAt: toIso(startMs),
  expiresAt: undefined,
  judgedAt: toIso(startMs),
  closedAt: undefined,
  firedPrice: undefined,
})

interface Crossings {
  readonly isArmed: boolean
  readonly count: number
}

/** The rule as its documentation states it, one price at a time. */
function reference({ direction, price: target, repeat }: PriceAlert, prices: readonly Price[]) {
  const sign = direction === 'ABOVE' ? 1n : -1n
  let [isArmed, count] = [true, 0]
  for (const one of prices) {
    if (isArmed && (one - target) * sign >= 0n) [isArmed, count] = [false, count + 1]
    else if (!isArmed && (one - repeat!.rearmAt) * sign <= 0n) isArmed = true
  }
  return { isArmed, count }
}

/** What a process does with the prices that it has seen since its last look. */
function look(
  from: PriceAlert,
  { turns, latest }: SeenRange,
): { alert: PriceAlert; count: number } {
  let [alert, count] = [from, 0]
  for (;;) {
    const met = [...turns, latest].find((seen) => isMet(alert, seen))
    if (!met) return { alert, count }
    if (alert.repeat!.isArmed) count += 1
    alert = meetAlert(alert, met, met.quotedAt).alert
  }
}

/** Any number of processes look at any moments, each at what it has seen since its own last look. */
function watchedBy(processes: number, first: PriceAlert, seen: readonly Tick[]): Crossings {
  const ranges: (SeenRange | undefined)[] = Array.from({ length: processes })
  let [alert, count] = [first, 0]
  const lookIn = (place: number): void => {
    const range = ranges[place]
    if (!range) return
    ranges[place] = undefined
    const looked = look(alert, range)
    alert = looked.alert
    count += looked.count
  }
  for (const { lookers, ...price } of seen) {
    for (const [place, range] of ranges.entries()) {
      ranges[place] = range ? widenRange(range, rangeOf(price)) : rangeOf(price)
    }
    for (const looker of lookers) lookIn(looker % processes)
  }
  for (let place = 0; place < processes; place += 1) lookIn(place)
  return { isArmed: alert.repeat!.isArmed, count }
}

interface Tick extends SeenPrice {
  readonly lookers: readonly number[]
}

const walk = fc.array(
  fc.record({
    level: fc.integer({ min: 1, max: 12 }),
    lookers: fc.array(fc.nat(2), { maxLength: 2 }),
  }),
  { minLength: 1, maxLength: 60 },
)
const ticksOf = (
  steps: readonly { level: number; lookers: readonly number[] }[],
): readonly Tick[] =>
  steps.map(({ level, lookers }, place) => ({
    price: priceFromUnits(BigInt(level)),
    quotedAt: toIso(startMs + (place + 1) * minuteMs),
    lookers,
  }))

describe('an alert that repeats', () => {
  it('fires once per crossing, however many processes look and whenever they do', () => {
    fc.assert(
      fc.property(
        ...([fc.constantFrom('ABOVE', 'BELOW'), fc.bigInt(4n, 9n), fc.bigInt(1n, 3n)] as const),
        ...([walk, fc.integer({ min: 1, max: 3 })] as const),
        (direction, target, distance, steps, processes) => {
          const alert = alertOn(direction, target, distance)
          const ticks = ticksOf(steps)
          const prices = ticks.map((tick) => tick.price)
          expect(watchedBy(processes, alert, ticks)).toEqual(reference(alert, prices))
        },
      ),
      { numRuns: 1_000 },
    )
  })

  it('keeps the greatest swings of more prices than it can remember', () => {
    const levels = Array.from(
      { length: 400 },
      (_, place) => 1_000 + (place % 2 ? place % 7 : -(place % 5)),
    )
    const spikes = [...levels.slice(0, 200), 5_000, ...levels.slice(200), 10, 900]
    const ticks = ticksOf(spikes.map((level) => ({ level, lookers: [] })))
    const range = ticks.map((tick) => rangeOf(tick)).reduce(widenRange)
    expect(range.turns.length).toBeLessThanOrEqual(64)
    const prices = ticks.map((tick) => tick.price)
    for (const alert of [alertOn('ABOVE', 2_000n, 1_500n), alertOn('BELOW', 500n, 1_500n)]) {
      expect(watchedBy(1, alert, ticks)).toEqual(reference(alert, prices))
    }
    expect(range).toMatchObject({
      highest: { price: price('0.000000005') },
      latest: { price: 900n },
    })
  })

  it('tells of at most five crossings within an hour, and of the next one after it', () => {
    let alert = alertOn('ABOVE', 10n, 1n)
    const told: number[] = []
    for (let minute = 1; minute <= 130; minute += 1) {
      const seen = {
        price: priceFromUnits(minute % 2 ? 10n : 9n),
        quotedAt: toIso(startMs + minute * minuteMs),
      }
      expect(isMet(alert, seen)).toBe(true)
      const next = meetAlert(alert, seen, seen.quotedAt)
      if (next.isTold) told.push(minute)
      alert = next.alert
    }
    expect(told).toEqual([1, 3, 5, 7, 9, 61, 63, 65, 67, 69, 121, 123, 125, 127, 129])
    expect(alert.repeat).toMatchObject({ fires: 15, isArmed: true })
  })
})
