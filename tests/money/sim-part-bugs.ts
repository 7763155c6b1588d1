import { type Entry, type Posting } from '@cnop/ledger/entry'
import { type FillMoment, type OrderStep, planFill } from '@cnop/order/domain/fill-order'
import { type Order, restOf } from '@cnop/order/domain/order'
import { agreedRates } from '@cnop/order/domain/order-fee'
import { holdOf } from '@cnop/order/domain/order-hold'
import { type Fill, holdForRest, isMet, progressOf } from '@cnop/order/domain/parts'
import { fillLimit } from '@cnop/order/domain/stop'
import { tradeAmounts } from '@cnop/quotes/trade-amounts'
import type { PlanBugs } from './sim-plan.ts'

/** A fill as the order service decides it, or as a bug does. */
export function fillWith(bugs: PlanBugs, order: Order, moment: FillMoment): OrderStep | undefined {
  const known = bugs.opensSecondSale ? undefined : moment.known
  const asked = spoilLimit(bugs, withoutStopLimit(bugs, spoilRest(bugs, order)), moment)
  const step = keepLimit(planFill(asked, { ...moment, known }), order)
  if (!step?.fill) return step
  const spoiled = spoilSides(bugs, spoilSale(bugs, step), order)
  return { ...spoiled, entry: spoilPart(bugs, spoiled, step.fill) }
}

/** An order whose limit only the mid price is at, as if it were at the last level of the market. */
function spoilLimit({ ignoresLimit }: PlanBugs, order: Order, { quote }: FillMoment): Order {
  const { side, limitPrice } = order
  const limit = limitPrice === undefined ? undefined : fillLimit(order)
  if (!ignoresLimit || limit === undefined || isMet(order, limit, quote)) return order
  const worst = (side === 'BUY' ? quote.asks : quote.bids)?.at(-1)?.price
  return { ...order, limitPrice: worst ?? limitPrice }
}

/** An OCO order whose stop was triggered, as if that had no limit. */
const withoutStopLimit = ({ ignoresStopLimit }: PlanBugs, order: Order): Order =>
  ignoresStopLimit && order.triggeredAt !== undefined
    ? { ...order, stopLimitPrice: undefined }
    : order

/** An order as a bug looks at it. */
export const seenAs = (bugs: PlanBugs, open: Order): Order =>
  withoutStopLimit(bugs, bugs.fillsUntriggered ? { ...open, triggeredAt: 'never' } : open)

const keepLimit = (
  step: OrderStep | undefined,
  { limitPrice, stopLimitPrice }: Order,
): OrderStep | undefined =>
  step && { ...step, order: { ...step.order, limitPrice, stopLimitPrice } }

/** An OCO order whose limit has filled in part, as if its stop knew nothing of it. */
const spoilRest = ({ sellsFilledOfOco }: PlanBugs, order: Order): Order =>
  sellsFilledOfOco && order.type === 'OCO' && order.triggeredAt !== undefined
    ? { ...order, status: 'PENDING', filledQuantity: undefined, fillCount: undefined }
    : order

/** A bracket that fills in part, and opens the sale of all that it ordered. */
function spoilSale({ opensWholeExit }: PlanBugs, step: OrderStep): OrderStep {
  const { exit, exitBefore, order } = step
  if (!opensWholeExit || !exit || exitBefore) return step
  return { ...step, exit: { ...exit, quantity: order.quantity } }
}

/** A part of the limit of an OCO order. */
function spoilSides(bugs: PlanBugs, step: OrderStep, before: Order): OrderStep {
  const { order, entry } = step
  if (order.type !== 'OCO' || order.status !== 'PARTIALLY_FILLED') return step
  if (bugs.endsOcoByPart) return { ...step, order: { ...order, status: 'COMPLETED' } }
  const { heldCash, limitPrice } = order
  if (!bugs.holdsLimitOfOcoRest || heldCash === undefined || limitPrice === undefined) return step
  const { taker: feeBasisPoints } = agreedRates(before)
  const rest = { price: limitPrice, quantity: restOf(order), feeBasisPoints }
  const needed = holdForRest(progressOf(order), rest)
  return {
    ...step,
    order: { ...order, heldCash: needed },
    entry: move(entry, 'USD', heldCash - needed, 'held', 'available'),
  }
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
