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
  /** The average price of a quantity; it is never better for a larger one. For 0 the best price. */
  readonly priceFor: (quantity: Quantity) => Price
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
  if (budget.priceFor(zeroQuantity) <= 0n) return zeroQuantity
  return budget.side === 'BUY' ? quantityToBuy(budget) : quantityToSell(budget)
}

const cashOf =
  ({ side, priceFor, feeBasisPoints }: Budget) =>
  (quantity: Quantity): Usd =>
    tradeAmounts({ side, price: priceFor(quantity), quantity, feeBasisPoints }).total

/** The largest quantity whose cost and fee, both rounded up to the cent, fit into the amount. */
function quantityToBuy(budget: Budget): Quantity {
  const { priceFor, feeBasisPoints, quoteAmount } = budget
  const best = priceFor(zeroQuantity)
  // The fee is a whole number of cents, so value + fee <= amount exactly when value * (1 + rate) <= amount.
  const value = (quoteAmount * basisPoints) / (basisPoints + feeBasisPoints)
  const most = quantityFromUnits((value * notionalDivisor) / best)
  if (priceFor(most) === best) return most
  const cost = cashOf(budget)
  return largest(zeroQuantity, most, (quantity) => cost(quantity) <= quoteAmount)
}

/**
 * The smallest quantity that pays the amount after the fee; where one step of the asset is worth more than a cent and no quantity
 * pays exactly the amount, the largest that pays less. Everything, when the rest could not pay a cent more.
 */
function quantityToSell(budget: Budget): Quantity {
  const { feeBasisPoints, quoteAmount, available } = budget
  const paid = cashOf(budget)
  const value = divide(quoteAmount * basisPoints, basisPoints - feeBasisPoints, 'up')
  const exact = quantityPaying(budget, value, paid)
  const quantity = paid(exact) > quoteAmount ? quantityFromUnits(exact - 1n) : exact
  const leavesDust = quantity < available && paid(available) === paid(quantity)
  return leavesDust ? available : quantity
}

/** The smallest quantity that is worth a value. */
function quantityPaying(
  { priceFor, quoteAmount }: Budget,
  value: bigint,
  paid: (quantity: Quantity) => Usd,
): Quantity {
  const at = (price: Price) => quantityFromUnits(divide(value * notionalDivisor, price, 'up'))
  const best = priceFor(zeroQuantity)
  const least = at(best)
  if (priceFor(least) === best) return least
  // At the average price of a larger quantity than is needed, it is enough.
  let most = least
  while (paid(most) < quoteAmount) most = quantityFromUnits(most * 2n)
  return quantityFromUnits(largest(zeroQuantity, most, (each) => paid(each) < quoteAmount) + 1n)
}

/** The largest quantity of a range that a test lets pass, which lets smaller ones pass too. */
function largest(from: Quantity, to: Quantity, passes: (quantity: Quantity) => boolean): Quantity {
  let [low, high]: [bigint, bigint] = [from, to]
  while (low < high) {
    const middle = (low + high + 1n) / 2n
    if (passes(quantityFromUnits(middle))) low = middle
    else high = middle - 1n
  }
  return quantityFromUnits(low)
}
