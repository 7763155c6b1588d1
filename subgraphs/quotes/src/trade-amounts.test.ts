import { describe, expect, it } from '@jest/globals'
import {
  type Price,
  price,
  priceFromUnits,
  quantity,
  quantityFromUnits,
  usd,
} from '@cnop/kit/money'
import fc from 'fast-check'
import { isTriggered, tradeAmounts } from './trade-amounts.ts'

const prices = fc.bigInt({ min: 1n, max: 10n ** 18n }).map(priceFromUnits)
const quantities = fc.bigInt({ min: 1n, max: 10n ** 14n }).map(quantityFromUnits)
const fees = fc.bigInt({ min: 0n, max: 1_000n })

describe('tradeAmounts', () => {
  it.each([
    ['BUY', '0.5', '64000.10', 0n, '32000.05', '0.00'],
    ['BUY', '0.00000001', '64000.10', 0n, '0.01', '0.00'], // a fraction of a cent costs a cent
    ['SELL', '0.00000001', '64000.10', 0n, '0.00', '0.00'],
    ['BUY', '1', '100', 25n, '100.25', '0.25'],
    ['SELL', '1', '100', 25n, '99.75', '0.25'],
    ['BUY', '1', '0.01', 1n, '0.02', '0.01'], // the fee rounds up as well
    ['SELL', '1', '0.01', 1n, '0.00', '0.01'], // and takes no more than there is
  ] as const)(
    '%s %s at %s with a fee of %s basis points moves %s',
    (side, amount, at, fee, total, paid) => {
      const terms = { side, quantity: quantity(amount), price: price(at), feeBasisPoints: fee }
      expect(tradeAmounts(terms)).toMatchObject({ total: usd(total), fee: usd(paid) })
    },
  )

  it('never lets anyone gain by buying and selling at one price', () => {
    fc.assert(
      fc.property(prices, quantities, fees, (at, amount, feeBasisPoints) => {
        const terms = { price: at, quantity: amount, feeBasisPoints }
        const paid = tradeAmounts({ ...terms, side: 'BUY' }).total
        const received = tradeAmounts({ ...terms, side: 'SELL' }).total
        expect(received >= 0n && received <= paid).toBe(true)
      }),
    )
  })

  it('never needs more for a buy at a lower price, so that a hold covers every fill', () => {
    fc.assert(
      fc.property(prices, prices, quantities, fees, (one, other, amount, feeBasisPoints) => {
        const [low, high] = one < other ? [one, other] : [other, one]
        const costAt = (at: Price) =>
          tradeAmounts({ side: 'BUY', price: at, quantity: amount, feeBasisPoints }).total
        expect(costAt(low) <= costAt(high)).toBe(true)
      }),
    )
  })
})

describe('isTriggered', () => {
  it.each([
    ['BUY', '10', '10', true],
    ['BUY', '10', '10.000000000001', false],
    ['BUY', '10', '9', true],
    ['SELL', '10', '10', true],
    ['SELL', '10', '9.999999999999', false],
    ['SELL', '10', '11', true],
  ] as const)('%s with limit %s at %s: %s', (side, limit, market, triggers) => {
    expect(isTriggered(side, price(limit), price(market))).toBe(triggers)
  })
})
