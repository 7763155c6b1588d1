import { describe, expect, it } from '@jest/globals'
import { DomainError } from '@cnop/kit/errors'
import { price, quantity, usd } from '@cnop/kit/money'
import { noSpread } from '@cnop/quotes/liquidity'
import { checkRequest } from './order-request.ts'
import type { OrderRules } from './order-rules.ts'
import type { OrderInput } from './order-terms.ts'
import { type Circumstances, planOrder, refuseOrder } from './plan-order.ts'

const rules: OrderRules = {
  mostOpen: 2,
  minimum: { quantity: quantity('0.001'), value: usd('1') },
  maxValue: usd('10000'),
  maxLimitPrice: price('1000000'),
  stopAllowancePercent: 5n,
  liquidity: noSpread,
  fees: [{ from: usd('0'), maker: 50n, taker: 100n }],
  quoteMaxAgeMs: 60_000,
  longestWaitMs: 365 * 86_400_000,
}
const nowMs = Date.parse('2026-03-01T12:00:00.000Z')
const quote = { price: price('100'), quotedAt: '2026-03-01T11:59:00.000Z', isActive: true }
const now: Circumstances = {
  quote,
  available: quantity('2'),
  held: quantity('0'),
  lots: '',
  open: 0,
  fees: { maker: 50n, taker: 100n },
  rules,
  nowMs,
}
const marketBuy: OrderInput = {
  side: 'BUY',
  type: 'MARKET',
  assetId: 'btc',
  quantity: quantity('1'),
}

function refusalOf(input: Partial<OrderInput>, circumstances: Partial<Circumstances> = {}) {
  const at = { ...now, ...circumstances }
  try {
    const request = checkRequest({ ...marketBuy, ...input }, rules)
    refuseOrder(request, planOrder(request, at), at)
    return undefined
  } catch (error) {
    if (error instanceof DomainError) return error.code
    throw error
  }
}

const limit = { type: 'LIMIT', limitPrice: price('90') } as const

describe('planOrder', () => {
  const plan = (input: Partial<OrderInput>, at: Partial<Circumstances> = {}) =>
    planOrder(checkRequest({ ...marketBuy, ...input }, rules), { ...now, ...at })

  it('fills a market order at the quote, the fee on top', () => {
    expect(plan({})).toEqual({
      outcome: 'FILL',
      price: quote.price,
      quantity: quantity('1'),
      value: usd('100'),
      fee: usd('1'),
      total: usd('101'),
      liquidity: 'TAKER',
      feeBasisPoints: 100n,
    })
  })

  it('keeps a limit order waiting until the market reaches its limit', () => {
    expect(plan(limit)).toMatchObject({ outcome: 'WAIT', price: price('90'), total: usd('90.45') })
    expect(plan({ ...limit, side: 'SELL', limitPrice: price('100.01') })).toMatchObject({
      outcome: 'WAIT',
    })
  })

  it('fills a limit order at the market price when that is better', () => {
    expect(plan({ ...limit, limitPrice: price('110') })).toMatchObject({
      outcome: 'FILL',
      price: quote.price,
    })
    expect(plan({ ...limit, side: 'SELL' })).toMatchObject({ outcome: 'FILL', price: quote.price })
  })

  it('keeps a limit order waiting when the price is too old', () => {
    const stale = { nowMs: nowMs + 1 }
    expect(plan({ ...limit, limitPrice: price('110') }, stale)).toMatchObject({
      outcome: 'WAIT',
      total: usd('110.55'),
    })
  })
})

describe('refuseOrder', () => {
  it('trades on a quote of the maximum age, and not on one a millisecond older', () => {
    expect(refusalOf({})).toBeUndefined()
    expect(refusalOf({}, { nowMs: nowMs + 1 })).toBe('QUOTE_STALE')
    expect(refusalOf(limit, { nowMs: nowMs + 1 })).toBeUndefined()
  })

  it('counts the value without the fee: the cap itself passes, a cent more does not', () => {
    expect(refusalOf({ quantity: quantity('100') })).toBeUndefined()
    expect(refusalOf({ quantity: quantity('100.0001') })).toBe('ORDER_TOO_LARGE')
  })

  it('counts a limit order with the higher of its limit and the market', () => {
    expect(refusalOf({ ...limit, quantity: quantity('100') })).toBeUndefined()
    expect(refusalOf({ ...limit, quantity: quantity('101') })).toBe('ORDER_TOO_LARGE')
    const high = { ...limit, limitPrice: price('200') }
    expect(refusalOf({ ...high, quantity: quantity('50') })).toBeUndefined()
    expect(refusalOf({ ...high, quantity: quantity('50.001') })).toBe('ORDER_TOO_LARGE')
  })

  const atPrice = (text: string) => ({ quote: { ...quote, price: price(text) } })

  it('takes the smallest quantity, and less only when it sells everything', () => {
    const dear = atPrice('100000')
    const small = { quantity: quantity('0.00099999') }
    const all = { ...dear, available: small.quantity }
    expect(refusalOf({ quantity: quantity('0.001') }, dear)).toBeUndefined()
    expect(refusalOf(small, dear)).toBe('ORDER_TOO_SMALL')
    expect(refusalOf({ ...small, side: 'SELL' }, dear)).toBe('ORDER_TOO_SMALL')
    expect(refusalOf({ ...small, side: 'SELL' }, all)).toBeUndefined()
    expect(refusalOf(small, all)).toBe('ORDER_TOO_SMALL')
  })

  it('takes the smallest value, without the fee, and less only when it sells everything', () => {
    const dollar = { quantity: quantity('0.01') }
    const less = { quantity: quantity('0.0099') }
    expect(refusalOf(dollar)).toBeUndefined()
    expect(refusalOf({ ...dollar, side: 'SELL' })).toBeUndefined()
    expect(refusalOf(less)).toBe('ORDER_TOO_SMALL')
    expect(refusalOf({ ...less, side: 'SELL' })).toBe('ORDER_TOO_SMALL')
    expect(refusalOf({ ...less, side: 'SELL' }, { available: less.quantity })).toBeUndefined()
    const waiting = { type: 'LIMIT', limitPrice: price('50') } as const
    expect(refusalOf({ ...dollar, ...waiting })).toBe('ORDER_TOO_SMALL')
    expect(refusalOf({ ...waiting, quantity: quantity('0.02') })).toBeUndefined()
  })

  it('takes the smallest amount of cash, though the fee is within it', () => {
    const sizedBy = (quoteAmount: string) => ({
      quantity: null,
      quoteAmount: usd(quoteAmount),
    })
    expect(refusalOf(sizedBy('1'))).toBeUndefined()
    expect(refusalOf({ ...sizedBy('1'), side: 'SELL' })).toBeUndefined()
    expect(refusalOf(sizedBy('0.99'))).toBe('ORDER_TOO_SMALL')
    expect(refusalOf({ ...sizedBy('0.99'), side: 'SELL' })).toBe('ORDER_TOO_SMALL')
  })

  it('refuses an amount of cash that pays for nothing', () => {
    const sized = { quantity: null, quoteAmount: usd('1') }
    const dear = atPrice('1000000000')
    expect(refusalOf(sized, dear)).toBe('ORDER_TOO_SMALL')
    expect(refusalOf({ ...sized, side: 'SELL' }, dear)).toBe('ORDER_TOO_SMALL')
    const nothing = { ...dear, available: quantity('0') }
    expect(refusalOf({ ...sized, side: 'SELL' }, nothing)).toBe('ORDER_TOO_SMALL')
  })

  describe('without a smallest value', () => {
    const free = { ...rules, minimum: { ...rules.minimum, value: usd('0') } }
    const sale = { side: 'SELL', quantity: quantity('1') } as const

    it('refuses a part of a holding for nothing, also when the fee takes all', () => {
      for (const cheap of ['0.001', '0.01']) {
        const now = { ...atPrice(cheap), rules: free }
        expect(refusalOf(sale, now)).toBe('ORDER_TOO_SMALL')
        expect(refusalOf(sale, { ...now, available: sale.quantity })).toBeUndefined()
      }
      expect(refusalOf(sale, { ...atPrice('0.02'), rules: free })).toBeUndefined()
    })

    it('counts what other orders hold as a part of the holding', () => {
      const rest = { available: sale.quantity, held: quantity('1'), rules: free }
      expect(refusalOf(sale, { ...rest, ...atPrice('0.01') })).toBe('ORDER_TOO_SMALL')
      expect(refusalOf(sale, { ...rest, ...atPrice('0.02') })).toBeUndefined()
    })

    it('refuses a sale that would wait for a price that pays nothing', () => {
      const all = { available: sale.quantity, rules: free, ...atPrice('0.001') }
      const waits = { ...sale, type: 'LIMIT', limitPrice: price('0.002') } as const
      expect(refusalOf(waits, all)).toBe('ORDER_TOO_SMALL')
      expect(refusalOf({ ...waits, limitPrice: price('0.02') }, all)).toBeUndefined()
      expect(refusalOf({ ...waits, limitPrice: price('0.001') }, all)).toBeUndefined()
    })
  })

  it('refuses an asset that is inactive or has no price', () => {
    expect(refusalOf({}, { quote: { ...quote, isActive: false } })).toBe('ASSET_NOT_TRADABLE')
    expect(refusalOf(limit, { quote: { ...quote, isActive: false } })).toBe('ASSET_NOT_TRADABLE')
    expect(refusalOf({}, { quote: { ...quote, price: price('0') } })).toBe('ASSET_NOT_TRADABLE')
  })

  it('accepts the worst price itself, and nothing worse', () => {
    expect(refusalOf({ worstPrice: price('100') })).toBeUndefined()
    expect(refusalOf({ worstPrice: price('99.999999999999') })).toBe('PRICE_MOVED')
    expect(refusalOf({ side: 'SELL', worstPrice: price('100') })).toBeUndefined()
    expect(refusalOf({ side: 'SELL', worstPrice: price('100.01') })).toBe('PRICE_MOVED')
  })

  it('accepts an expiry up to a year ahead', () => {
    const at = (ms: number) => ({ ...limit, expiresAt: new Date(nowMs + ms).toISOString() })
    expect(refusalOf(at(0))).toBe('BAD_USER_INPUT')
    expect(refusalOf(at(1))).toBeUndefined()
    expect(refusalOf(at(rules.longestWaitMs))).toBeUndefined()
    expect(refusalOf(at(rules.longestWaitMs + 1))).toBe('BAD_USER_INPUT')
  })
})
