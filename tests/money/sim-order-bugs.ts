import { divide, type Price, usd, usdFromCents } from '@cnop/kit/money'
import { buyEntry, type Entry, type Posting, sellEntry } from '@cnop/ledger/entry'
import { type FillMoment, meets, type OrderStep, planFill } from '@cnop/order/domain/fill-order'
import { type Order, restOf } from '@cnop/order/domain/order'
import { agreedRates } from '@cnop/order/domain/order-fee'
import { holdOf } from '@cnop/order/domain/order-hold'
import { type Fill, holdForRest, isMet, progressOf } from '@cnop/order/domain/parts'
import type { OrderRequest } from '@cnop/order/domain/order-request'
import type { MarketQuote } from '@cnop/order/domain/order-rules'
import type { Circumstances, OrderPlan } from '@cnop/order/domain/plan-order'
import { fillLimit } from '@cnop/order/domain/stop'
import { trailingStop } from '@cnop/order/domain/trail'
import { tradeAmounts } from '@cnop/quotes/trade-amounts'
import { changed } from './sim-order-parts.ts'
import { decided, type PlanBugs } from './sim-plan.ts'

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

/** The hold of an OCO buy by the price of its limit, where a bug makes it. */
export function spoilHold(
  { holdsLimitOfOco, holdsMakerFee }: PlanBugs,
  { side, type, limitPrice }: OrderRequest,
  plan: OrderPlan,
  { fees }: Circumstances,
): OrderPlan {
  if (holdsMakerFee && plan.outcome === 'WAIT' && side === 'BUY') {
    const fee = divide(plan.value * fees.maker, 10_000n, 'up')
    return { ...plan, total: usdFromCents(plan.value + fee) }
  }
  if (!holdsLimitOfOco || type !== 'OCO' || limitPrice === undefined || plan.outcome === 'FILL') {
    return plan
  }
  return { ...plan, ...tradeAmounts({ ...plan, side, price: limitPrice }) }
}

/** The hold of an OCO order, as if each of its sides had one. */
export function twiceFor({ type }: Order, entry: Entry | undefined): Entry | undefined {
  if (type !== 'OCO' || entry?.kind !== 'HOLD') return entry
  const postings = entry.postings.map((each) => ({ ...each, amount: each.amount * 2n }))
  return { ...entry, postings }
}

export const letIocWait = (
  { letsIocWait, keepsHoldOfRestOfIoc }: PlanBugs,
  request: OrderRequest,
  { outcome }: OrderPlan,
): OrderRequest =>
  (letsIocWait && request.type === 'LIMIT') ||
  (keepsHoldOfRestOfIoc && isIoc(request) && outcome === 'PART')
    ? { ...request, timeInForce: 'GTC' }
    : request

const isIoc = ({ timeInForce }: Pick<Order, 'timeInForce'>): boolean => timeInForce === 'IOC'

/** An order that may not wait and has set its rest aside, where a bug makes it. */
export const endIoc = ({ keepsHoldOfRestOfIoc }: PlanBugs, order: Order): Order =>
  keepsHoldOfRestOfIoc && isIoc(order) && order.status === 'PARTIALLY_FILLED'
    ? { ...order, status: 'CANCELLED', heldCash: undefined }
    : order

export const forgetAllowance = (
  { holdsStopPriceOnly }: PlanBugs,
  now: Circumstances,
): Circumstances =>
  holdsStopPriceOnly ? { ...now, rules: { ...now.rules, stopAllowancePercent: 0n } } : now

/** Whether the mid price reaches a limit, which is not enough for a fill. */
export const reachesMid = (
  { ignoresLimit }: PlanBugs,
  order: Order,
  { price: mid }: MarketQuote,
): boolean => !!ignoresLimit && meets(order, { price: mid, quotedAt: '', isActive: true }, 0)

/** An OCO order whose limit filled and whose stop still waits, where a bug makes it. */
export const keepOpen = ({ keepsOcoOpen }: PlanBugs, open: Order, filled: Order): Order =>
  keepsOcoOpen && open.type === 'OCO' ? open : filled

/** The fill of an order that should fail, where a bug makes it. */
export function fillAnyway(bugs: PlanBugs, open: Order, at: Price) {
  const { id: orderId, side, assetId, quantity } = open
  if (!(side === 'BUY' ? bugs.fillsBeyondHold : bugs.fillsForNothing)) return undefined
  const { total, fee } = tradeAmounts({ ...open, price: at })
  const terms = { orderId, assetId, quantity, price: at, total, fee }
  const filled: Order = { ...open, status: 'COMPLETED', price: at, total, fee }
  const entry =
    side === 'BUY'
      ? buyEntry({ ...terms, heldBefore: open.heldCash ?? usd('0') })
      : sellEntry({ ...terms, heldBefore: quantity })
  return decided(entry, [changed(filled)])
}

/** A moved stop, as a bug would have it. */
export function spoilTrail(bugs: PlanBugs, next: Order, before: Order): Order {
  const { bestPrice } = next
  if (bestPrice === undefined || before.bestPrice === bestPrice) return next
  if (bugs.trailsBackwards) {
    const back = (2n * (before.bestPrice ?? bestPrice) - bestPrice) as Price
    return { ...next, bestPrice: back, stopPrice: trailingStop(next.side, next, back) }
  }
  if (bugs.forgetsDistance) return { ...next, stopPrice: bestPrice }
  if (bugs.leavesExitsBehind) return { ...next, stopLossPrice: before.stopLossPrice }
  if (!bugs.shrinksTrailHold || next.heldCash === undefined) return next
  const ratio = { ...next, price: next.stopPrice ?? bestPrice }
  return { ...next, heldCash: tradeAmounts(ratio).total }
}
