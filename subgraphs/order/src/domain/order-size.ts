import {
  divide,
  notionalDivisor,
  type Quantity,
  quantityFromUnits,
  zeroQuantity,
} from '@cnop/kit/money'
import type { Price, Usd } from '@cnop/kit/money'
import type { OrderSide } from './order.ts'
import { basisPoints, tradeAmounts } from '@cnop/quotes/trade-amounts'

export interface Budget {
  readonly side: OrderSide
  readonly price: Price
  readonly feeBasisPoints: bigint
  /** The cash that may move at most, fee included. */
  readonly quoteAmount: Usd
  /** The quantity of the asset that could be sold now. */
  readonly available: Quantity
}

/**
 * The quantity that an amount of cash buys, or that a sale must give for it. The cash that moves is never more than the amount.
 * Zero when the amount does not cover the smallest step of the asset, or when the asset has no price.
 */
export function quantityFor(budget: Budget): Quantity {
  if (budget.price <= 0n) return zeroQuantity
  return budget.side === 'BUY' ? quantityToBuy(budget) : quantityToSell(budget)
}

/** The largest quantity whose cost and fee, both rounded up to the cent, fit into the amount. */
function quantityToBuy({ price, feeBasisPoints, quoteAmount }: Budget): Quantity {
  // The fee is a whole number of cents, so value + fee <= amount exactly when value * (1 + rate) <= amount.
  const value = (quoteAmount * basisPoints) / (basisPoints + feeBasisPoints)
  return quantityFromUnits((value * notionalDivisor) / price)
}

/**
 * The smallest quantity that pays the amount after the fee; where one step of the asset is worth more than a cent and no quantity
 * pays exactly the amount, the largest that pays less. Everything, when the rest could not pay a cent more.
 */
function quantityToSell(budget: Budget): Quantity {
  const { price, feeBasisPoints, quoteAmount, available } = budget
  const paid = (quantity: Quantity): Usd =>
    tradeAmounts({ side: 'SELL', price, quantity, feeBasisPoints }).total
  const value = divide(quoteAmount * basisPoints, basisPoints - feeBasisPoints, 'up')
  const exact = quantityFromUnits(divide(value * notionalDivisor, price, 'up'))
  const quantity = paid(exact) > quoteAmount ? quantityFromUnits(exact - 1n) : exact
  const leavesDust = quantity < available && paid(available) === paid(quantity)
  return leavesDust ? available : quantity
}
