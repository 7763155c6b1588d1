import { isTriggered } from '@cnop/quotes/trade-amounts'
import type { FeeRates } from '@cnop/quotes/fee'
import type { Liquidity, Order, OrderType } from './order.ts'
import { limitOf } from './stop.ts'

/** The fee of a fill, in basis points of its value. */
export interface Fee {
  readonly liquidity: Liquidity
  readonly feeBasisPoints: bigint
}

export const takerFee = ({ taker }: FeeRates): Fee => ({
  liquidity: 'TAKER',
  feeBasisPoints: taker,
})

const makerFee = ({ maker }: FeeRates): Fee => ({ liquidity: 'MAKER', feeBasisPoints: maker })

/** The highest fee that an order of a type may pay after it has waited, which is what its hold covers: only a limit order always is a maker. */
export const waitingFee = (type: OrderType, rates: FeeRates): Fee =>
  type === 'LIMIT' ? makerFee(rates) : takerFee(rates)

type Agreed = Pick<Order, 'feeBasisPoints' | 'makerFeeBasisPoints'>

/** The rates that were agreed at placement; orders of older releases have one for both. */
export const agreedRates = ({
  feeBasisPoints: taker,
  makerFeeBasisPoints: maker = taker,
}: Agreed): FeeRates => ({ maker, taker })

/** The fee of an order that has waited and fills now. Who was triggered takes, but for an order at a limit that the market had not met then. */
export function fillFee(order: Order): Fee {
  const { side, triggerPrice } = order
  const rates = agreedRates(order)
  const limitPrice = limitOf(order)
  if (limitPrice === undefined) return takerFee(rates)
  if (triggerPrice === undefined) return makerFee(rates)
  const rested = !isTriggered(side, limitPrice, triggerPrice)
  return rested ? makerFee(rates) : takerFee(rates)
}

/** The rate of an order: what it was charged, or at most will be. */
export function feeRateOf(order: Order): bigint {
  const { type, status, liquidity } = order
  const { maker, taker } = agreedRates(order)
  if (status === 'COMPLETED' || liquidity !== undefined)
    return liquidity === 'MAKER' ? maker : taker
  return waitingFee(type, { maker, taker }).feeBasisPoints
}

/** Basis points as the API shows them. */
export const pointsOf = (feeBasisPoints: bigint): number => parseInt(feeBasisPoints.toString(), 10)
