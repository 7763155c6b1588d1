import { parseEnv } from '@cnop/kit/config'
import { price, quantity, quantityFromUnits, usd } from '@cnop/kit/money'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { averageOver, bookOf, liquidityFields, liquidityOf, noSpread } from './liquidity.ts'
import { assetCategories } from './quote.ts'
import { simulatedListings } from './simulation/listings.ts'

const moment = (at: string, quotedAt = '2026-01-05T10:00:00.000Z') =>
  ({ assetId: 'BTC', category: 'MAJOR', price: price(at), quotedAt }) as const

const simulated = { spread: 'simulated', depth: 'simulated' } as const
const read = (env: Readonly<Record<string, string>>) => liquidityOf(parseEnv(liquidityFields, env))
const real = { INVENTORY_FEED: 'coingecko' }

describe('the market around a mid price', () => {
  it('is simulated where the feed is, and one price for any quantity of a real feed', () => {
    const level = { price: price('100'), quantity: undefined }
    expect(read({})).toEqual(simulated)
    expect(read(real)).toEqual(noSpread)
    expect(bookOf(read(real), moment('100'))).toEqual({ bids: [level], asks: [level] })
  })

  it.each([
    [{ MARKET_SPREAD_BASIS_POINTS: '0', MARKET_DEPTH: 'unlimited' }, noSpread],
    [{ MARKET_DEPTH: 'unlimited' }, { spread: 'simulated', depth: undefined }],
    [{ MARKET_SPREAD_BASIS_POINTS: '10' }, { spread: 10n, depth: 'simulated' }],
    [
      { ...real, MARKET_DEPTH: 'simulated' },
      { spread: 0n, depth: 'simulated' },
    ],
    [
      { ...real, MARKET_SPREAD_BASIS_POINTS: '10', MARKET_DEPTH: '5' },
      { spread: 10n, depth: 500n },
    ],
  ])('is as configured by %j', (env, rules) => {
    expect(read(env)).toEqual(rules)
  })

  it('has bid and ask at half of the spread on each side', () => {
    const { bids, asks } = bookOf(
      read({ ...real, MARKET_SPREAD_BASIS_POINTS: '20' }),
      moment('100'),
    )
    expect([bids, asks]).toEqual([
      [{ price: price('99.9'), quantity: undefined }],
      [{ price: price('100.1'), quantity: undefined }],
    ])
  })

  it('has prices of seven digits, rounded away from the mid price, which stays as it is', () => {
    const rules = read({ ...real, MARKET_SPREAD_BASIS_POINTS: '1', MARKET_DEPTH: '5' })
    const { bids, asks } = bookOf(rules, moment('70312.51'))
    const best = [asks, bids].map(([level]) => level?.price)
    expect(best).toEqual([price('70316.03'), price('70308.99')])
    const exact = moment('70312.123456789012')
    expect(bookOf({ ...rules, spread: 0n }, exact).asks[0]?.price).toBe(exact.price)
  })

  it('is sold level by level where it has a depth', () => {
    const rules = read({ MARKET_SPREAD_BASIS_POINTS: '20', MARKET_DEPTH: '1001' })
    const { asks } = bookOf(rules, moment('100'))
    expect(asks.map((level) => level.price)).toEqual(
      ['100.1', '100.2', '100.3', '100.4', '100.5'].map((text) => price(text)),
    )
    expect(asks[0]?.quantity).toBe(quantity('10'))
    expect(asks.at(-1)?.quantity).toBeUndefined()
    expect(averageOver(asks, 'BUY', quantity('10'))).toBe(price('100.1'))
    // Ten at the best price, and ten at the next one.
    expect(averageOver(asks, 'BUY', quantity('20'))).toBe(price('100.149999999999') + 1n)
  })

  it.each([
    [{ MARKET_SPREAD_BASIS_POINTS: '1001' }],
    [{ MARKET_SPREAD_BASIS_POINTS: 'wide' }],
    [{ MARKET_DEPTH: '0' }],
    [{ MARKET_DEPTH: '1.5' }],
    [{ MARKET_DEPTH: 'none' }],
    [{ INVENTORY_FEED: 'nyse' }],
  ])('is not configured by %j', (env) => {
    expect(() => read(env)).toThrow(Object.keys(env)[0])
  })

  it('never gives a better average for more, on either side, nor a price of nothing', () => {
    const prices = fc.bigInt({ min: 1n, max: 10n ** 17n })
    const amounts = fc.bigInt({ min: 1n, max: 10n ** 12n })
    const rules = fc.constantFrom(simulated, { spread: 1_000n, depth: usd('1') })
    fc.assert(
      fc.property(
        ...[prices, amounts, amounts, rules, fc.constantFrom(...assetCategories)],
        (at, some, more, rule, category) => {
          const mid = at as ReturnType<typeof price>
          const { bids, asks } = bookOf(rule, { ...moment('1'), price: mid, category })
          const [less, all] = [some, some + more].map((units) => quantityFromUnits(units))
          const average = (side: 'BUY' | 'SELL', asked = quantity('0')): bigint =>
            averageOver(side === 'BUY' ? asks : bids, side, asked)
          // Rounding at the last digit aside.
          expect(average('BUY', all) + 1n >= average('BUY', less)).toBe(true)
          expect(average('SELL', all) <= average('SELL', less) + 1n).toBe(true)
          expect(average('BUY', less) >= mid && average('SELL', less) >= 0n).toBe(true)
          expect(bids.every((level) => level.price > 0n)).toBe(true)
        },
      ),
    )
  })
})

describe('the simulated spread and depth', () => {
  it.each([
    ['MAJOR', 5_000, 2],
    ['ALTCOIN', 1_000, 13],
    ['STABLECOIN', 10_000, 1],
  ] as const)(
    'of a %s fill $%d at the best price, %d basis points apart at most',
    (category, dollars, points) => {
      const at = moment('100')
      for (let hour = 0; hour < 1_000; hour += 1) {
        const quotedAt = new Date(Date.UTC(2026, 0, 1) + hour * 3_600_000).toISOString()
        const { bids, asks } = bookOf(simulated, { ...at, category, quotedAt })
        const [bid, ask] = [bids[0]!, asks[0]!]
        const size = quantity(String(Math.floor(dollars / 100.1)))
        expect(averageOver(asks, 'BUY', size)).toBe(ask.price)
        expect(averageOver(bids, 'SELL', size)).toBe(bid.price)
        expect((ask.price - bid.price) * 10_000n <= at.price * BigInt(points)).toBe(true)
        expect(ask.price > bid.price).toBe(true)
      }
    },
  )

  it('are functions of the asset and the time', () => {
    const at = (quotedAt: string) => bookOf(simulated, moment('60000', quotedAt))
    expect(at('2026-01-05T10:00:00.000Z')).toEqual(at('2026-01-05T10:00:00.000Z'))
    expect(at('2026-01-05T10:20:00.000Z')).not.toEqual(at('2026-01-05T10:00:00.000Z'))
    const other = bookOf(simulated, { ...moment('60000'), assetId: 'ETH' })
    expect(other).not.toEqual(at('2026-01-05T10:00:00.000Z'))
  })

  it('never offer BTC for more than $100,000', () => {
    const { allTimeHigh } = simulatedListings.find(({ assetId }) => assetId === 'BTC') ?? {
      allTimeHigh: price('0'),
    }
    for (let hour = 0; hour < 1_000; hour += 1) {
      const quotedAt = new Date(Date.UTC(2026, 0, 1) + hour * 3_600_000).toISOString()
      const [best] = bookOf(simulated, { ...moment('1', quotedAt), price: allTimeHigh }).asks
      expect(best && best.price > allTimeHigh && best.price <= price('100000')).toBe(true)
    }
  })
})
