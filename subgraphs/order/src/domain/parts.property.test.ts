import { expect, it } from '@jest/globals'
import { type Price, priceFromUnits, quantityFromUnits, usd } from '@cnop/kit/money'
import { bookOf } from '@cnop/quotes/liquidity'
import { tradeAmounts } from '@cnop/quotes/trade-amounts'
import fc from 'fast-check'
import {
  advance,
  amountsBetween,
  amountsOf,
  holdForRest,
  nextPart,
  noProgress,
  type Progress,
} from './parts.ts'

const side = fc.constantFrom('BUY' as const, 'SELL' as const)
const price = fc.bigInt({ min: 1n, max: 10n ** 18n }).map(priceFromUnits)
const quantity = fc.bigInt({ min: 1n, max: 10n ** 12n }).map(quantityFromUnits)
const rate = fc.bigInt({ min: 0n, max: 1_000n })
const parts = fc.array(quantity, { minLength: 1, maxLength: 8 })

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((all, each) => all + each, 0n)

it('moves in any number of parts at one price what one trade would, to the cent', () => {
  fc.assert(
    fc.property(side, price, rate, parts, (of, at, feeBasisPoints, quantities) => {
      let progress: Progress = noProgress
      const moved = quantities.map((each) => {
        const after = advance(of, progress, { price: at, quantity: each, feeBasisPoints })
        const amounts = amountsBetween(of, progress, after)
        progress = after
        return amounts
      })
      const all = quantityFromUnits(sum(quantities))
      const whole = tradeAmounts({ side: of, price: at, quantity: all, feeBasisPoints })
      expect(amountsOf(of, progress)).toEqual(whole)
      expect(sum(moved.map(({ total }) => total))).toBe(whole.total)
      expect(sum(moved.map(({ fee }) => fee))).toBe(whole.fee)
      for (const { value, fee, total } of moved) {
        expect([value >= 0n, fee >= 0n, total >= 0n]).toEqual([true, true, true])
      }
    }),
  )
})

it('never takes more of a hold than a part frees, and all of it in the end', () => {
  const share = fc.integer({ min: 1, max: 1_000 })
  const trades = fc.array(fc.record({ quantity, share, isTaker: fc.boolean() }), { minLength: 1 })
  fc.assert(
    fc.property(price, rate, rate, trades, (limit, one, other, each) => {
      const [maker, taker] = one < other ? [one, other] : [other, one]
      let rest = quantityFromUnits(sum(each.map((trade) => trade.quantity)))
      let progress: Progress = noProgress
      const hold = () =>
        holdForRest(progress, { price: limit, quantity: rest, feeBasisPoints: taker })
      let held = hold()
      for (const trade of each) {
        // At the limit or better, as a maker or a taker.
        const at = priceFromUnits((limit * BigInt(trade.share)) / 1_000n || 1n)
        const feeBasisPoints = trade.isTaker ? taker : maker
        const after = advance('BUY', progress, { ...trade, price: at, feeBasisPoints })
        const { total } = amountsBetween('BUY', progress, after)
        progress = after
        rest = quantityFromUnits(rest - trade.quantity)
        expect(total + hold()).toBeLessThanOrEqual(held)
        held = hold()
      }
      expect(held).toBe(0n)
    }),
  )
})

it('never trades a part for nothing, beyond the limit, or so that the rest is worth nothing', () => {
  const depth = fc.bigInt({ min: 1n, max: 500_000n })
  const away = fc.integer({ min: -100, max: 300 })
  fc.assert(
    fc.property(side, price, quantity, depth, away, (of, mid, rest, cents, percent) => {
      const moment = { assetId: 'BTC', category: 'MAJOR', price: mid, quotedAt: '' } as const
      const rules = { spread: 100n, depth: (usd('0') + cents) as ReturnType<typeof usd> }
      const quote = { price: mid, quotedAt: '', isActive: true, ...bookOf(rules, moment) }
      const shift = (mid * BigInt(of === 'BUY' ? percent : -percent)) / 1_000n
      const limitPrice = (mid + shift || 1n) as Price
      const waiting = { side: of, limitPrice, rest, progress: noProgress, fillCount: 0 }
      const part = nextPart({ ...waiting, feeBasisPoints: 1_000n }, quote)
      if (!part) return
      expect(of === 'BUY' ? part.price <= limitPrice : part.price >= limitPrice).toBe(true)
      if (part.isWhole) return
      expect(part.total > 0n).toBe(true)
      // The rest pays something at its limit, whatever the fee.
      const left = quantityFromUnits(rest - part.quantity)
      const trade = { price: limitPrice, quantity: left, feeBasisPoints: 1_000n }
      const { total } = amountsBetween(of, part.after, advance(of, part.after, trade))
      expect(total > 0n).toBe(true)
    }),
    { numRuns: 500 },
  )
})

it('leaves the last of very many parts to a market that is deep enough for it', () => {
  const mid = priceFromUnits(10n ** 14n)
  const moment = { assetId: 'BTC', category: 'MAJOR', price: mid, quotedAt: '' } as const
  const book = bookOf({ spread: 0n, depth: usd('10') }, moment)
  const quote = { price: mid, quotedAt: '', isActive: true, ...book }
  const waiting = {
    side: 'BUY',
    limitPrice: mid,
    progress: noProgress,
    feeBasisPoints: 0n,
  } as const
  const size = (rest: bigint, fillCount: number) =>
    nextPart({ ...waiting, rest: quantityFromUnits(rest), fillCount }, quote)?.quantity
  expect(size(50_000_000n, 98)).toBe(10_000_000n)
  expect(size(50_000_000n, 99)).toBeUndefined()
  expect(size(5_000_000n, 99)).toBe(5_000_000n)
})
