import type { Holding } from '@cnop/ledger/account'
import { buyEntry, type Entry, sellEntry } from '@cnop/ledger/entry'
import {
  holdAssetEntry,
  holdCashEntry,
  releaseAssetEntry,
  releaseCashEntry,
  replaceAssetEntry,
  replaceCashEntry,
} from '@cnop/ledger/hold-entries'
import type { FeeRates } from '@cnop/quotes/fee'
import { nextUtcDayMs, toIso } from '@cnop/kit/clock'
import { invariant } from '@cnop/kit/errors'
import { zeroQuantity, zeroUsd } from '@cnop/kit/money'
import { isOpen, type Order, type TimeInForce } from './order.ts'
import { exitOf } from './exit.ts'
import { fillFee } from './order-fee.ts'
import type { OrderRequest } from './order-request.ts'
import { fillPrice, isTradable, type MarketQuote, type OrderRules } from './order-rules.ts'
import type { OrderPlan } from './plan-order.ts'
import { fillLimit, fillsAtMarket } from './stop.ts'
import { isTriggered, tradeAmounts } from '@cnop/quotes/trade-amounts'

/** An order after a transition, and its movement of money. */
export interface OrderStep {
  readonly order: Order
  readonly entry: Entry
  /** The order that its fill opens, with the hold that the entry makes. */
  readonly exit?: Order | undefined
}

export interface Placement {
  readonly id: string
  readonly username: string
  readonly at: string
  readonly quote: MarketQuote
  readonly fees: FeeRates
  readonly rules: Pick<OrderRules, 'isAtMid'>
  /** The open order that it replaces: its hold ends in the same movement. */
  readonly replaced?: Order | undefined
  /** The id of the order that its fill opens, where it has exits. */
  readonly exitId: string
}

/** A placed order. */
export interface OpenedOrder {
  readonly order: Order
  /** Its movement of money; undefined for an order that ended without any. */
  readonly entry: Entry | undefined
  readonly exit?: Order | undefined
  /** The movement that the account must cover, made or not: an order that may not wait needs its funds all the same. */
  readonly covered: Entry
}

/** Opens an order: it fills at once, waits with its hold, or ends because it may not wait. */
export function openOrder(
  request: OrderRequest,
  plan: OrderPlan,
  placement: Placement,
): OpenedOrder {
  const { id, username, at, quote, fees, rules, replaced, exitId } = placement
  const waiting: Order = {
    id,
    username,
    clientOrderId: request.clientOrderId,
    replaces: replaced?.id,
    takeProfitPrice: request.takeProfitPrice,
    stopLossPrice: request.stopLossPrice,
    side: request.side,
    type: request.type,
    status: 'PENDING',
    assetId: request.assetId,
    quantity: plan.quantity,
    quoteAmount: request.quoteAmount,
    isAtMid: rules.isAtMid,
    ...{ feeBasisPoints: fees.taker, makerFeeBasisPoints: fees.maker },
    limitPrice: request.limitPrice,
    stopPrice: plan.stopPrice,
    trailAmount: request.trailAmount,
    trailBasisPoints: request.trailBasisPoints,
    bestPrice: plan.bestPrice,
    judgedAt: plan.stopPrice === undefined ? undefined : quote.quotedAt,
    price: undefined,
    quotedAt: undefined,
    total: undefined,
    fee: undefined,
    heldCash: undefined,
    reason: undefined,
    timeInForce: request.timeInForce,
    expiresAt: expiryOf(request, at),
    createdAt: at,
    updatedAt: at,
    entrySequences: [],
  }
  if (plan.outcome === 'FILL') {
    const exit = exitOf(waiting, { exitId, quote, at })
    const entry = tradeEntry(waiting, plan, { replaced, exit })
    return { order: completed(waiting, plan, { quote, at, exit }), entry, exit, covered: entry }
  }
  const held = holdFor(waiting, plan, replaced)
  if (plan.outcome === 'WAIT') return { ...held, covered: held.entry }
  const reason = reasonNotToWait(request.timeInForce)
  const order: Order = { ...waiting, status: 'CANCELLED', reason }
  return { order, entry: undefined, covered: held.entry }
}

const expiryOf = ({ timeInForce, expiresAt }: OrderRequest, at: string): string | undefined =>
  timeInForce === 'DAY' ? toIso(nextUtcDayMs(Date.parse(at))) : expiresAt

const reasonNotToWait = (timeInForce: TimeInForce | undefined): string =>
  timeInForce === 'FOK'
    ? 'The market was not at the limit: a fill or kill order fills whole at once or not at all.'
    : 'The market was not at the limit: an immediate or cancel order does not wait.'

type Fill = Pick<OrderPlan, 'price' | 'total' | 'fee' | 'liquidity'>

interface Completion {
  readonly quote: MarketQuote
  readonly at: string
  readonly exit: Order | undefined
}

function completed(order: Order, plan: Fill, { quote, at, exit }: Completion): Order {
  const { price, total, fee, liquidity } = plan
  return {
    ...order,
    status: 'COMPLETED',
    price,
    quotedAt: quote.quotedAt,
    total,
    fee,
    liquidity,
    heldCash: undefined,
    exitOrderId: exit?.id,
    updatedAt: at,
  }
}

interface Others {
  readonly replaced: Order | undefined
  readonly exit: Order | undefined
}

/** A trade at placement. What the replaced order had set aside pays for it first. */
function tradeEntry(order: Order, { price, total, fee }: Fill, { replaced, exit }: Others): Entry {
  const { id: orderId, assetId, quantity } = order
  const terms = { orderId, assetId, quantity, price, total, fee, replacedOrderId: replaced?.id }
  return order.side === 'BUY'
    ? buyEntry({ ...terms, heldBefore: replaced?.heldCash ?? zeroUsd, openedOrderId: exit?.id })
    : sellEntry({ ...terms, heldBefore: replaced?.quantity ?? zeroQuantity })
}

function holdFor(order: Order, { total }: OrderPlan, replaced: Order | undefined): OrderStep {
  const held = order.side === 'BUY' ? { ...order, heldCash: total } : order
  return { order: held, entry: holdEntry(held, replaced) }
}

function holdEntry(order: Order, replaced: Order | undefined): Entry {
  const { id: orderId, side, assetId, quantity, heldCash: amount = zeroUsd } = order
  const asset = { orderId, assetId, quantity }
  const cash = { orderId, assetId, amount }
  if (!replaced) return side === 'BUY' ? holdCashEntry(cash) : holdAssetEntry(asset)
  const { id: replacedOrderId, heldCash = zeroUsd } = replaced
  return side === 'BUY'
    ? replaceCashEntry({ ...cash, replaced: heldCash, replacedOrderId })
    : replaceAssetEntry({ ...asset, replaced: replaced.quantity, replacedOrderId })
}

/** Whether the order's own time has passed. */
export function isDue({ expiresAt }: Order, nowMs: number): boolean {
  return expiresAt !== undefined && Date.parse(expiresAt) <= nowMs
}

/** Whether a quote fills a waiting order: it is open, not past its time, and the market is at its limit or better. */
export function meets(order: Order, quote: MarketQuote, nowMs: number): boolean {
  const limit = fillLimit(order)
  if (!isOpen(order) || limit === undefined || isDue(order, nowMs)) return false
  return isTradable(quote) && isTriggered(order.side, limit, fillPrice(order, quote))
}

/** What a fill is decided by, beside the order. */
export interface FillMoment {
  readonly quote: MarketQuote
  /** The user's holding of the asset: what a sale takes from it is the order's own hold. */
  readonly holding: Pick<Holding, 'available' | 'held'>
  readonly at: string
  /** The id of the order that the fill opens, where it has exits. */
  readonly exitId: string
}

/**
 * Fills a waiting order at the market price; what its hold does not need goes back in the same movement. A triggered stop that cannot
 * fill there fails, and gets all of its hold back: a buy that needs more than it set aside, and a sale that would pay nothing
 * for a part of a holding. The fill of a buy with exits opens their order, which holds what was bought.
 */
export function planFill(order: Order, { quote, holding, at, exitId }: FillMoment): OrderStep {
  const { id: orderId, side, assetId, quantity, heldCash = zeroUsd } = order
  const price = fillPrice(order, quote)
  const { liquidity, feeBasisPoints } = fillFee(order)
  const { total, fee } = tradeAmounts({ side, price, quantity, feeBasisPoints })
  const terms = { orderId, assetId, quantity, price, total, fee }
  const exit = exitOf(order, { exitId, quote, at })
  const next = completed(order, { price, total, fee, liquidity }, { quote, at, exit })
  if (side === 'SELL') {
    const endsHolding = holding.available === 0n && holding.held === quantity
    if (total <= 0n && !endsHolding) return cannotFill(order, at, reasons.paysNothing)
    return { order: next, entry: sellEntry({ ...terms, heldBefore: quantity }) }
  }
  if (total > heldCash) return cannotFill(order, at, reasons.beyondHold)
  const entry = buyEntry({ ...terms, heldBefore: heldCash, openedOrderId: exit?.id })
  return { order: next, entry, exit }
}

const reasons = {
  beyondHold: 'The market was beyond what the order had set aside when it was triggered.',
  paysNothing: 'The sale would have paid $0.00, which only the sale of a whole holding may.',
} as const

function cannotFill(order: Order, at: string, reason: string): OrderStep {
  invariant(fillsAtMarket(order.type), 'An order can always fill at its limit or better.')
  return closeOrder(order, { status: 'FAILED', at, reason })
}

export interface Closing {
  readonly status: 'CANCELLED' | 'EXPIRED' | 'FAILED'
  readonly at: string
  /** The reason, unless the owner cancelled it. */
  readonly reason?: string
}

/** Ends a waiting order without a fill and returns its hold. */
export function closeOrder(order: Order, { status, at, reason }: Closing): OrderStep {
  const { id: orderId, assetId, quantity, heldCash = zeroUsd } = order
  const next: Order = { ...order, status, reason, heldCash: undefined, updatedAt: at }
  return {
    order: next,
    entry:
      order.side === 'SELL'
        ? releaseAssetEntry({ orderId, assetId, quantity })
        : releaseCashEntry({ orderId, assetId, amount: heldCash }),
  }
}
