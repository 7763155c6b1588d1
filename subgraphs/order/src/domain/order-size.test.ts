import { describe, expect, it } from '@jest/globals'
import {
  formatQuantity,
  type Price,
  price,
  priceFromUnits,
  type Quantity,
  quantity,
  quantityFromUnits,
  type Usd,
  usd,
  usdFromCents,
} from '@cnop/kit/money'
import fc from 'fast-check'
import type { OrderSide } from './order.ts'
import { quantityFor } from './order-size.ts'
import { tradeAmounts } from '@cnop/quotes/trade-amounts'

/** From prices of the smallest coins to prices at which one step of the asset is worth many cents. */
const prices = fc.bigInt({ min: 1n, max: 10n ** 22n }).map(priceFromUnits)
const amounts = fc.bigInt({ min: 1n, max: 10n ** 8n }).map(usdFromCents)
const fees = fc.bigInt({ min: 0n, max: 1_000n })
const holdings = fc.bigInt({ min: 0n, max: 10n ** 16n }).map(quantityFromUnits)

const totalOf = (side: OrderSide, at: Price, feeBasisPoints: bigint) => (amount: bigint) =>
  tradeAmounts({ side, price: at, feeBasisPoints, quantity: quantityFromUnits(amount) }).total

describe('quantityFor', () => {
  it.each([
    ['BUY', '500', '64000', 0n, '0.0078125', '500.00'],
    ['BUY', '500', '70341.28', 0n, '0.00710820', '500.00'],
    ['BUY', '500', '64000', 25n, '0.00779296', '500.00'],
    ['BUY', '0.01', '64000', 0n, '0.00000015', '0.01'],
    ['BUY', '0.01', '64000', 25n, '0', '0.00'], // a cent of value and a cent of fee are two
    ['BUY', '1', '250000000', 0n, '0', '0.00'], // one step costs $2.50
    ['SELL', '500', '64000', 0n, '0.0078125', '500.00'],
    ['SELL', '500', '64000', 25n, '0.00783219', '500.00'],
    ['SELL', '6', '250000000', 0n, '0.00000002', '5.00'], // nothing pays exactly $6.00
  ] as const)('%s for $%s at %s with %s basis points: %s', (side, cash, at, fee, amount, moved) => {
    const terms = { side, price: price(at), feeBasisPoints: fee }
    const budget = { ...terms, quoteAmount: usd(cash), available: quantity('1') }
    const sized = quantityFor({ ...budget, priceFor: () => terms.price })
    expect(formatQuantity(sized)).toBe(formatQuantity(quantity(amount)))
    expect(totalOf(side, terms.price, fee)(sized)).toBe(usd(moved))
  })

  it('buys the largest quantity that the amount pays for, fee included', () => {
    fc.assert(
      fc.property(prices, amounts, fees, (at, quoteAmount, feeBasisPoints) => {
        const terms = { side: 'BUY', priceFor: () => at, feeBasisPoints, quoteAmount } as const
        const sized = quantityFor({ ...terms, available: quantity('0') })
        const cost = totalOf('BUY', at, feeBasisPoints)
        expect(cost(sized) <= quoteAmount).toBe(true)
        expect(cost(sized + 1n) > quoteAmount).toBe(true)
      }),
    )
  })

  it('leaves less than one step costs when it spends everything', () => {
    fc.assert(
      fc.property(prices, amounts, (at, cash) => {
        const terms = {
          side: 'BUY',
          priceFor: () => at,
          feeBasisPoints: 0n,
          quoteAmount: cash,
        } as const
        const cost = totalOf('BUY', at, 0n)
        const left = cash - cost(quantityFor({ ...terms, available: quantity('0') }))
        expect(left < cost(1n)).toBe(true)
      }),
    )
  })

  const sell = (at: Price, quoteAmount: Usd, feeBasisPoints: bigint, available: Quantity) =>
    quantityFor({ side: 'SELL', priceFor: () => at, quoteAmount, feeBasisPoints, available })

  it('sells for the amount or the nearest below it, and gives no more of the asset than that needs', () => {
    fc.assert(
      fc.property(prices, amounts, fees, (at, quoteAmount, feeBasisPoints) => {
        const sized = sell(at, quoteAmount, feeBasisPoints, quantity('0'))
        const paid = totalOf('SELL', at, feeBasisPoints)
        expect(paid(sized) <= quoteAmount).toBe(true)
        expect(paid(sized + 1n) > quoteAmount || paid(sized) === quoteAmount).toBe(true)
        if (paid(sized) === quoteAmount) expect(paid(sized - 1n) < quoteAmount).toBe(true)
      }),
    )
  })

  it('sells everything, and nothing else, when the rest would be worth nothing', () => {
    fc.assert(
      fc.property(prices, holdings, fees, (at, available, feeBasisPoints) => {
        const paid = totalOf('SELL', at, feeBasisPoints)
        const worth = paid(available)
        fc.pre(worth > 0n)
        expect(sell(at, worth, feeBasisPoints, available)).toBe(available)
        const less = sell(at, usdFromCents(worth - 1n), feeBasisPoints, available)
        expect(less < available).toBe(true)
      }),
    )
  })

  it('is nothing for an asset without a price', () => {
    expect(sell(price('0'), usd('5'), 0n, quantity('1'))).toBe(0n)
  })
})
