import { type Quantity, quantity, type Usd, usd } from '@cnop/kit/money'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { addLot, type Lot, lotMethods, mostLots, packLots, sumLots, takeLots } from './lots.ts'
import { packedLots, unpackLots } from './lots.ts'
import { readLots, replayBuy, replaySale, showLots } from './replay-lots.ts'

const lot = (day: string, amount: string, basis: string): Lot => ({
  day,
  quantity: quantity(amount),
  basis: usd(basis),
})

const three = [
  lot('2026-01-05', '1', '100.00'),
  lot('2026-01-07', '2', '500.00'),
  lot('2026-02-01', '1', '150.00'),
]

describe('a sale', () => {
  it('takes the oldest lots first, and a share of the last', () => {
    expect(takeLots(three, quantity('2'), 'FIFO')).toEqual({
      taken: [lot('2026-01-05', '1', '100.00'), lot('2026-01-07', '1', '250.00')],
      left: [lot('2026-01-07', '1', '250.00'), lot('2026-02-01', '1', '150.00')],
    })
  })

  it('takes the lots that cost most per unit, where the account has chosen that', () => {
    expect(takeLots(three, quantity('2.5'), 'HIFO')).toEqual({
      taken: [lot('2026-01-07', '2', '500.00'), lot('2026-02-01', '0.5', '75.00')],
      left: [lot('2026-01-05', '1', '100.00'), lot('2026-02-01', '0.5', '75.00')],
    })
  })

  it('takes the older of two lots that cost the same', () => {
    const equal = [lot('2026-01-05', '1', '10.00'), lot('2026-01-06', '2', '20.00')]
    expect(takeLots(equal, quantity('1'), 'HIFO').taken).toEqual([equal[0]])
  })

  it('takes a share of a basis rounded down, and leaves the remainder with the rest', () => {
    const one = [lot('2026-01-05', '3', '0.10')]
    const first = takeLots(one, quantity('1'), 'FIFO')
    expect(first.taken).toEqual([lot('2026-01-05', '1', '0.03')])
    const second = takeLots(first.left, quantity('1'), 'FIFO')
    expect(second.taken).toEqual([lot('2026-01-05', '1', '0.03')])
    expect(takeLots(second.left, quantity('1'), 'FIFO')).toEqual({
      taken: [lot('2026-01-05', '1', '0.04')],
      left: [],
    })
  })

  it('is stopped when the lots have less than is sold', () => {
    expect(() => takeLots(three, quantity('4.00000001'), 'FIFO')).toThrow('The lots of a holding')
  })
})

const dayAt = (index: number): string =>
  new Date(Date.parse('2024-01-01') + index * 86_400_000).toISOString().slice(0, 10)

describe('a buy', () => {
  it('adds to the lot of its day', () => {
    const two = addLot(addLot([], lot('2026-01-05', '1', '10.00')), lot('2026-01-05', '2', '25.00'))
    expect(two).toEqual([lot('2026-01-05', '3', '35.00')])
  })

  it('keeps young days exact and merges old neighbours, with the later day', () => {
    let lots: readonly Lot[] = []
    for (let index = 0; index < 400; index += 1) {
      lots = addLot(lots, lot(dayAt(index), '1', '1.00'))
    }
    expect(lots).toHaveLength(mostLots)
    expect(sumLots(lots)).toEqual({ quantity: quantity('400'), basis: usd('400.00') })
    expect(lots.slice(-5).map(({ day }) => day)).toEqual([395, 396, 397, 398, 399].map(dayAt))
    // A lot counts as owned for at most its own time, and for most of it.
    let before = 0
    for (const { day, quantity: units } of lots) {
      const first = before
      before += Number(units / 100_000_000n)
      const shownAge = 399 - [...Array(400).keys()].findIndex((index) => dayAt(index) === day)
      expect(shownAge).toBe(400 - before)
      expect(399 - first - shownAge).toBeLessThanOrEqual(1 + (399 - first) / 3)
    }
  })
})

const step = fc.record({
  kind: fc.oneof(
    { weight: 60, arbitrary: fc.constant('buy') },
    { weight: 20, arbitrary: fc.constant('sell a part') },
    { weight: 1, arbitrary: fc.constant('sell all') },
  ),
  nextDays: fc.nat({ max: 40 }),
  units: fc.bigInt({ min: 1n, max: 10n ** 12n }).map((units) => units as Quantity),
  cents: fc.bigInt({ min: 1n, max: 10n ** 6n }).map((cents) => cents as Usd),
})
const steps = fc.array(step, { minLength: 100, maxLength: 200 })
type Step = typeof step extends fc.Arbitrary<infer Drawn> ? Drawn : never

describe('lots', () => {
  it('are the same in one text, and no other text is read as lots', () => {
    expect(unpackLots(packLots(three))).toEqual(three)
    expect(unpackLots('')).toEqual([])
    expect(packedLots.test(packLots(three))).toBe(true)
    for (const wrong of ['2026-01-05', '2026-01-05:1', 'x:1:1', ':1:1 ', ':-1:1', ':1:1:1']) {
      expect([wrong, packedLots.test(wrong)]).toEqual([wrong, false])
    }
  })

  it.each(lotMethods)('conserve, and equal those of the replay, by %s', (method) => {
    let full = 0
    const tradeOf = (lots: readonly Lot[], { kind, units }: Step): Quantity | undefined => {
      const owned = sumLots(lots).quantity
      if (kind === 'buy' || owned === 0n) return undefined
      return kind === 'sell all' ? owned : ((1n + (units % owned) / 8n) as Quantity)
    }
    fc.assert(
      fc.property(steps, (list) => {
        let lots: readonly Lot[] = []
        const replayed = readLots('')
        let day = 0
        for (const step of list) {
          day += step.nextDays
          const before = sumLots(lots)
          const sold = tradeOf(lots, step)
          const trade = { day: dayAt(day), quantity: sold ?? step.units, paid: step.cents }
          if (sold === undefined) {
            lots = addLot(lots, { ...trade, quantity: step.units, basis: step.cents })
            replayBuy(replayed, trade)
            expect(sumLots(lots).basis).toBe(before.basis + step.cents)
          } else {
            const { taken, left } = takeLots(lots, sold, method)
            expect(showLots(replaySale(replayed, { lotMethod: method }, trade))).toBe(
              packLots(taken),
            )
            expect(sumLots(taken).basis + sumLots(left).basis).toBe(before.basis)
            lots = left
          }
          if (lots.length === mostLots) full += 1
          expect(showLots(replayed)).toBe(packLots(lots))
        }
      }),
      { numRuns: 200 },
    )
    expect(full).toBeGreaterThan(0)
  })
})
