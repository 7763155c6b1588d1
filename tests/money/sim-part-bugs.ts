import { type Entry, type Posting } from '@cnop/ledger/entry'
import { exitOf } from '@cnop/order/domain/exit'
import { type FillMoment, type OrderStep, planFill } from '@cnop/order/domain/open-order'
import type { Order } from '@cnop/order/domain/order'
import { agreedRates } from '@cnop/order/domain/order-fee'
import { holdOf } from '@cnop/order/domain/order-hold'
import type { Fill } from '@cnop/order/domain/parts'
import { tradeAmounts } from '@cnop/quotes/trade-amounts'
import type { PlanBugs } from './sim-plan.ts'

/** A fill as the order service decides it, or as a bug does. */
export function fillWith(bugs: PlanBugs, order: Order, moment: FillMoment): OrderStep | undefined {
  if (bugs.opensWholeExit) return fillOfBracket(order, moment)
  const step = planFill(order, moment)
  if (!step?.fill) return step
  return { ...step, entry: spoilPart(bugs, step, step.fill) }
}

/** A bracket that fills in part, and opens the sale of all that it ordered. */
function fillOfBracket(order: Order, moment: FillMoment): OrderStep | undefined {
  const plain = { ...order, takeProfitPrice: undefined, stopLossPrice: undefined }
  const step = planFill(plain, moment)
  if (step?.order.status !== 'PARTIALLY_FILLED') return planFill(order, moment)
  const { takeProfitPrice, stopLossPrice } = order
  const exit = exitOf(order, moment)
  const exitOrderId = exit?.id
  return { ...step, order: { ...step.order, takeProfitPrice, stopLossPrice, exitOrderId }, exit }
}

/** The entry of a part. */
function spoilPart(bugs: PlanBugs, { entry, order }: OrderStep, fill: Fill): Entry {
  const hold = holdOf(order)
  if (bugs.releasesHoldOfRest && hold)
    return move(entry, hold.assetId, hold.amount, 'held', 'available')
  const { side } = order
  const { maker, taker } = agreedRates(order)
  const feeBasisPoints = fill.liquidity === 'MAKER' ? maker : taker
  const own = tradeAmounts({ ...fill, side, feeBasisPoints })
  if (bugs.roundsPartFees) {
    const fee = own.fee
    return { ...move(entry, 'USD', own.fee - fill.fee, 'available', 'fees'), fee }
  }
  if (!bugs.roundsPartValues) return entry
  const total = side === 'BUY' ? own.value + fill.fee : own.value - fill.fee
  const more = side === 'BUY' ? total - fill.total : fill.total - total
  return move(entry, 'USD', more, 'available', 'market')
}

/** An entry that also moves an amount from one account to another. */
function move(
  entry: Entry,
  assetId: string,
  amount: bigint,
  from: Posting['account'],
  to: Posting['account'],
): Entry {
  if (amount === 0n) return entry
  const postings = [
    ...entry.postings,
    { account: from, assetId, amount: -amount },
    { account: to, assetId, amount },
  ]
  return { ...entry, postings }
}
