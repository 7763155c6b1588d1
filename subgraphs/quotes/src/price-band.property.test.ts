import { describe, expect, it } from '@jest/globals'
import { toIso } from '@cnop/kit/clock'
import { price, type Price, priceFromUnits } from '@cnop/kit/money'
import fc from 'fast-check'
import { type BandState, judgeReading, type PriceBand, withoutSpikes } from './price-band.ts'

const band: PriceBand = { percent: 20, windowMs: 60_000 }
const stepMs = 1_000

/** Judges one reading per second; answers the state after each. */
function judgeAll(prices: readonly Price[], from: BandState = {}): readonly BandState[] {
  let state = from
  return prices.map((one, place) => {
    const readAtMs = place * stepMs
    state = judgeReading(state, { price: one, quotedAt: toIso(readAtMs), readAtMs }, band)
    return state
  })
}

const judge = (...texts: string[]) => judgeAll(texts.map((text) => price(text)))
const isHalted = ({ doubt }: BandState): boolean => doubt !== undefined
const acceptedOf = ({ accepted }: BandState): Price | undefined => accepted?.price

/** Prices around one level that are always within the band of each other. */
const around = (level: bigint) =>
  fc.integer({ min: -8, max: 8 }).map((percent) => shifted(level, percent))
const shifted = (level: bigint, percent: number): Price =>
  priceFromUnits((level * BigInt(100 + percent)) / 100n)

const level = fc.bigInt({ min: 10n ** 4n, max: 10n ** 18n })
const walk = level.chain((from) =>
  fc.tuple(
    fc.constant(from),
    fc.array(around(from), { minLength: 1, maxLength: 20 }),
    fc.array(around(from), { minLength: 2, maxLength: 20 }),
  ),
)
/** Far outside the band, in either direction. */
const absurd = fc.oneof(
  fc.constantFrom(1n, 2n).map((divisor) => (from: bigint) => from / (1_000n * divisor) + 1n),
  fc.bigInt({ min: 2n, max: 10n ** 5n }).map((factor) => (from: bigint) => from * factor),
)

describe('the price band', () => {
  it('accepts whatever moves within it', () => {
    fc.assert(
      fc.property(walk, ([, before, after]) => {
        const prices = [...before, ...after]
        const states = judgeAll(prices)
        expect(states.some(isHalted)).toBe(false)
        expect(states.map(acceptedOf)).toEqual(prices)
      }),
    )
  })

  it('never accepts a single outlier, and the asset resumes automatically', () => {
    fc.assert(
      fc.property(walk, absurd, ([from, before, after], distort) => {
        const lone = priceFromUnits(distort(from))
        const states = judgeAll([...before, lone, ...after])
        const [halted, first, ...rest] = states.slice(before.length)
        expect(isHalted(halted!) && isHalted(first!)).toBe(true)
        expect(rest.some(isHalted)).toBe(false)
        expect(states.map(acceptedOf)).not.toContain(lone)
        expect(acceptedOf(halted!)).toBe(before.at(-1))
        expect(acceptedOf(states.at(-1)!)).toBe(after.at(-1))
      }),
    )
  })

  it('follows a genuine shift of the level after two further readings that agree', () => {
    fc.assert(
      fc.property(walk, fc.constantFrom(-50, 50, 150, -90), ([from, before], percent) => {
        const to = shifted(from, percent)
        const states = judgeAll([...before, to, to, shifted(to, 3)].map(priceFromUnits))
        const [halted, first, second] = states.slice(before.length)
        expect([halted, first, second].map((state) => isHalted(state!))).toEqual([
          true,
          true,
          false,
        ])
        expect(acceptedOf(first!)).toBe(before.at(-1))
        expect(acceptedOf(second!)).toBe(shifted(to, 3))
      }),
    )
  })

  it('accepts no price that neither the band nor two others before it support', () => {
    fc.assert(
      fc.property(fc.array(level, { minLength: 1, maxLength: 30 }), (units) => {
        const prices = units.map(priceFromUnits)
        const states = judgeAll(prices)
        states.forEach((state, place) => {
          const known = states[place - 1]?.accepted?.price
          if (isHalted(state)) expect(acceptedOf(state)).toBe(known)
          else expect(acceptedOf(state)).toBe(prices[place])
          const moved = !isHalted(state) && known !== undefined && place > 0
          if (!moved || isHalted(states[place - 1]!)) return
          const distance = prices[place]! > known ? prices[place]! - known : known - prices[place]!
          expect(distance * 100n <= known * 20n || distance <= 1n).toBe(true)
        })
      }),
    )
  })

  it('counts exactly the percentage as within', () => {
    expect(judge('100', '120').map(isHalted)).toEqual([false, false])
    expect(judge('100', '80').map(isHalted)).toEqual([false, false])
    expect(judge('100', '120.000000000001').map(isHalted)).toEqual([false, true])
    expect(judge('100', '79.999999999999').map(isHalted)).toEqual([false, true])
  })

  it('never resumes while readings contradict each other', () => {
    expect(judge('100', '1', '100', '1', '100', '1').map(isHalted)).toEqual([
      ...[false, true, true, true, true, true],
    ])
  })

  it('lets the smallest prices move by one step', () => {
    expect(judge('0.000000000002', '0.000000000001').some(isHalted)).toBe(false)
  })

  it('compares with no price that is older than the window', () => {
    const accepted = { price: price('100'), atMs: 0 }
    const read = (readAtMs: number) =>
      judgeReading({ accepted }, { price: price('1'), quotedAt: 'later', readAtMs }, band)
    expect(isHalted(read(band.windowMs))).toBe(true)
    expect(isHalted(read(band.windowMs + 1))).toBe(false)
  })

  it('stays halted however long no reading comes', () => {
    const [, halted] = judge('100', '1')
    const reading = { price: price('1'), quotedAt: 'later', readAtMs: 10 * band.windowMs }
    expect(isHalted(judgeReading(halted!, reading, band))).toBe(true)
  })

  it('takes no repeated reading for a confirmation', () => {
    const [known] = judge('100')
    const again = { price: price('1'), quotedAt: '2026-01-05T10:00:00.000Z', readAtMs: 1 }
    let state = known!
    for (let read = 0; read < 10; read += 1) state = judgeReading(state, again, band)
    expect(state).toMatchObject({ accepted: { price: price('100') }, doubt: { agreed: 0 } })
  })

  it('lets a repeated reading of the accepted price end the halt', () => {
    const [, halted] = judge('100', '1')
    const back = { price: price('101'), quotedAt: '2026-01-05T10:00:00.000Z', readAtMs: 5_000 }
    const once = judgeReading(halted!, back, band)
    expect(isHalted(once)).toBe(true)
    expect(judgeReading(once, back, band)).toEqual({
      accepted: { price: price('101'), atMs: 5_000 },
    })
  })
})

describe('a price history', () => {
  const clean = (...texts: string[]) =>
    withoutSpikes(
      texts.map((text) => price(text)),
      band,
    )

  it('loses lone spikes, and keeps everything else', () => {
    expect(clean('100', '0.5', '101', '102')).toEqual(clean('100', '100', '101', '102'))
    const shift = ['100', '150', '151', '150'].map((text) => price(text))
    expect(withoutSpikes(shift, band)).toEqual(shift)
  })
})
