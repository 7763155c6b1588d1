import { describe, expect, it } from '@jest/globals'
import {
  divide,
  formatUsd,
  notional,
  parseUsd,
  price,
  quantity,
  usd,
  usdFromCents,
} from '@cnop/kit/money'
import { draftOrder, isThroughMarket, quantityFor, shareOf, worstPrice } from './amounts.ts'
import { type Draft, emptyDraft, startDraft, withType } from './draft.ts'

const draft = (change: Partial<Draft>): Draft => ({ ...emptyDraft, ...change })

describe('quantityFor', () => {
  it.each([
    ['100.00', '64000.12'],
    ['0.01', '0.000000091234'],
    ['9999.99', '3'],
    ['7.77', '0.333333333333'],
  ])('buys at most what %s pays for at %s, to the last unit', (value, at) => {
    const most = quantityFor(usd(value), price(at))
    const cost = notional(price(at), most, { round: 'up' })
    expect(cost <= usd(value)).toBe(true)
    const next = most + 1n
    expect(price(at) * next > usd(value) * 10n ** 18n).toBe(true)
  })
})

describe('draftOrder', () => {
  it('keeps dollars at the market as they are', () => {
    expect(draftOrder('BTC', draft({ unit: 'USD', amount: '1,250.5' })).order).toEqual({
      assetId: 'BTC',
      side: 'BUY',
      type: 'MARKET',
      quoteAmount: '1250.50',
    })
  })

  it('divides dollars by the limit of a limit order', () => {
    const limit = draft({ unit: 'USD', amount: '100', type: 'LIMIT', limitPrice: '40,000' })
    expect(draftOrder('BTC', limit).order).toMatchObject({
      quantity: '0.0025',
      limitPrice: '40000',
    })
  })

  it.each(['0.05', '5.00', '99.99', '5000.00', '9999.99'])(
    'never spends more than %s at a limit, fee included',
    (amount) => {
      const limit = draft({ unit: 'USD', amount, type: 'LIMIT', limitPrice: '70341.23' })
      const charge = (size: string | undefined) => {
        const worth = notional(price('70341.23'), quantity(size ?? '0'), { round: 'up' })
        const fee = divide(worth * 35n, 10_000n, 'up')
        return { fee: formatUsd(usdFromCents(fee)), total: formatUsd(usdFromCents(worth + fee)) }
      }
      const sample = charge(draftOrder('BTC', limit).order?.quantity)
      expect(parseUsd(sample.total) > parseUsd(amount)).toBe(true)
      const { total } = charge(draftOrder('BTC', limit, { fee: sample }).order?.quantity)
      expect(parseUsd(total) <= parseUsd(amount)).toBe(true)
    },
  )

  it('lists what is missing, from top to bottom', () => {
    const limit = { type: 'LIMIT', amount: '1' } as const
    const missing = (change: Partial<Draft>) =>
      draftOrder('BTC', draft(change), { dayProblem: change.lastDay ? 'It is over.' : null })
        .missing
    expect(missing({})).toBe('Enter a quantity first.')
    expect(missing({ unit: 'USD' })).toBe('Enter an amount first.')
    expect(missing({ amount: '0' })).toBe('Correct the quantity first.')
    expect(missing({ amount: '0,5' })).toBe('Correct the quantity first.')
    expect(missing({ amount: '0.123456789' })).toBe('Correct the quantity first.')
    expect(missing({ unit: 'USD', amount: '0.001' })).toBe('Correct the amount first.')
    expect(missing(limit)).toBe('Enter a limit price first.')
    for (const limitPrice of ['50.000,00', '1,000,000.01']) {
      expect(missing({ ...limit, limitPrice })).toBe('Correct the limit price first.')
    }
    expect(missing({ ...limit, limitPrice: '1', lastDay: '2020-01-01' })).toBe(
      'Correct the last day first.',
    )
  })

  it('refuses dollars of which the fee leaves less than the smallest quantity', () => {
    const dust = draft({ type: 'LIMIT', unit: 'USD', amount: '0.01', limitPrice: '1000000' })
    const fee = { fee: '0.01', total: '0.02' }
    expect(draftOrder('BTC', dust).order?.quantity).toBe('0.00000001')
    expect(draftOrder('BTC', dust, { fee }).missing).toBe(
      'This is worth less than the smallest quantity.',
    )
  })

  it('sends no limit and no last day with a market order', () => {
    const order = draft({ amount: '1', limitPrice: '40000', lastDay: '2999-01-01' })
    expect(draftOrder('BTC', order).order).toEqual({
      assetId: 'BTC',
      side: 'BUY',
      type: 'MARKET',
      quantity: '1',
    })
  })
})

describe('a draft', () => {
  const typed = draft({ type: 'LIMIT', unit: 'USD', amount: '5', limitPrice: '9', lastDay: 'x' })

  it('clears amount, limit and last day when an order was placed', () => {
    const fresh = { ...emptyDraft, type: 'LIMIT', unit: 'USD' }
    expect(startDraft(typed, 'SELL')).toEqual({ ...fresh, side: 'SELL' })
    expect(startDraft(typed, 'BUY')).toEqual({ ...fresh, side: 'BUY' })
  })

  it('keeps a limit that was typed while another type is chosen', () => {
    for (const type of ['MARKET', 'STOP', 'TRAILING_STOP'] as const) {
      const other = withType(typed, type, '50000')
      expect(withType(other, 'LIMIT', '50000').limitPrice).toBe('9')
    }
  })

  it('starts a limit order with the price that is displayed when it is chosen', () => {
    const market = draft({ type: 'MARKET' })
    const limited = withType(market, 'LIMIT', '2.34567')
    expect(limited.limitPrice).toBe('2.3457')
    const stopped = withType(limited, 'STOP_LIMIT', '2.4')
    expect(stopped.limitPrice).toBe('')
    expect(withType(stopped, 'LIMIT', '2.56789').limitPrice).toBe('2.5679')
  })
})

describe('isThroughMarket', () => {
  it.each([
    ['BUY', '102', false],
    ['BUY', '102.000000000001', true],
    ['BUY', '50', false],
    ['SELL', '98', false],
    ['SELL', '97.999999999999', true],
    ['SELL', '150', false],
  ] as const)('rates a %s limit of %s at a market of 100', (side, limitPrice, isThrough) => {
    expect(isThroughMarket({ side, limitPrice }, '100', 2)).toBe(isThrough)
  })
})

describe('shareOf', () => {
  const available = { cash: '100.01', quantity: '0.00000003' }

  it('takes a share of the cash for a buy, rounded down', () => {
    expect(shareOf(draft({}), 25, available)).toMatchObject({ unit: 'USD', amount: '25.00' })
  })

  it('is in the chosen unit, and a bought quantity leaves cash for a worse price', () => {
    const priced = { cash: '101.00', quantity: '2', price: price('10') }
    const share = (change: Partial<Draft>, percent: number) => {
      const { unit, amount } = shareOf(draft(change), percent, priced)
      return `${unit} ${amount}`
    }
    expect(share({}, 100)).toBe('QUANTITY 10')
    expect(share({ unit: 'USD' }, 100)).toBe('USD 101.00')
    expect(share({ side: 'SELL', unit: 'USD' }, 50)).toBe('USD 10.00')
    expect(share({ side: 'SELL', unit: 'USD' }, 100)).toBe('QUANTITY 2')
  })

  it('is not more than one order may be worth, at the highest of its prices', () => {
    const large = { cash: '50000.00', quantity: '900', price: price('10'), most: '1010.00' }
    const share = (change: Partial<Draft>, marketPrice: string) => {
      const { unit, amount } = shareOf(draft(change), 100, { ...large, marketPrice })
      return `${unit} ${amount}`
    }
    expect(share({ unit: 'USD' }, '10')).toBe('USD 1010.00')
    expect(share({}, '10')).toBe('QUANTITY 100')
    expect(share({ type: 'LIMIT' }, '20')).toBe('QUANTITY 50')
    expect(share({ type: 'LIMIT', unit: 'USD' }, '20')).toBe('USD 500.00')
    expect(share({ side: 'SELL' }, '10')).toBe('QUANTITY 100')
  })

  it('sells exactly everything at 100 per cent', () => {
    expect(shareOf(draft({ side: 'SELL' }), 100, available)).toMatchObject({
      unit: 'QUANTITY',
      amount: '0.00000003',
    })
  })
})

describe('worstPrice', () => {
  it('is above the price for a buy and below it for a sale', () => {
    expect([worstPrice('100', 'BUY', 1), worstPrice('100', 'SELL', 1)]).toEqual(['101', '99'])
  })

  it('does not round a sub-cent price to zero', () => {
    expect(worstPrice('0.0000001', 'BUY', 1)).toBe('0.000000101')
  })
})
