import {
  buyEntry,
  type Entry,
  holdAssetEntry,
  holdCashEntry,
  releaseAssetEntry,
  releaseCashEntry,
  replaceAssetEntry,
  replaceCashEntry,
  sellEntry,
} from '@cnop/ledger/entry'
import { nextUtcDayMs, toIso } from '@cnop/kit/clock'
import { invariant } from '@cnop/kit/errors'
import { zeroQuantity, zeroUsd } from '@cnop/kit/money'
import { isOpen, type Order, type TimeInForce } from './order.ts'
import type { OrderRequest } from './order-request.ts'
import { isTradable, type MarketQuote, type OrderRules } from './order-rules.ts'
import type { OrderPlan } from './plan-order.ts'
import { fillLimit, pendingStop, stopDirection } from './stop.ts'
import type { SeenPrice } from '@cnop/quotes/seen-prices'
import { isReached } from '@cnop/quotes/nearest-waiting'
import { isTriggered, tradeAmounts } from '@cnop/quotes/trade-amounts'

/** An order after a transition, and its movement of money. */
export interface OrderStep {
  readonly order: Order
  readonly entry: Entry
}

export interface Placement {
  readonly id: string
  readonly username: string
  readonly at: string
  readonly quote: MarketQuote
  readonly rules: OrderRules
  /** The open order that it replaces: its hold ends in the same movement. */
  readonly replaced?: Order | undefined
}

/** A placed order. */
export interface OpenedOrder {
  readonly order: Order
  /** Its movement of money; undefined for an order that ended without any. */
  readonly entry: Entry | undefined
  /** The movement that the account must cover, made or not: an order that may not wait needs its funds all the same. */
  readonly covered: Entry
}

/** Opens an order: it fills at once, waits with its hold, or ends because it may not wait. */
export function openOrder(
  request: OrderRequest,
  plan: OrderPlan,
  placement: Placement,
): OpenedOrder {
  const { id, username, at, quote, rules, replaced } = placement
  const waiting: Order = {
    id,
    username,
    clientOrderId: request.clientOrderId,
    replaces: replaced?.id,
    side: request.side,
    type: request.type,
    status: 'PENDING',
    assetId: request.assetId,
    quantity: plan.quantity,
    quoteAmount: request.quoteAmount,
    feeBasisPoints: rules.feeBasisPoints,
    limitPrice: request.limitPrice,
    stopPrice: request.stopPrice,
    judgedAt: request.stopPrice === undefined ? undefined : quote.quotedAt,
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
    const entry = tradeEntry(waiting, plan, replaced)
    return { order: completed(waiting, plan, quote, at), entry, covered: entry }
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
    ? 'The market was not at the limit: a FOK order fills whole at once or not at all.'
    : 'The market was not at the limit: an IOC order does not wait.'

type Fill = Pick<OrderPlan, 'price' | 'total' | 'fee'>

function completed(order: Order, plan: Fill, quote: MarketQuote, at: string): Order {
  const { price, total, fee } = plan
  return {
    ...order,
    status: 'COMPLETED',
    price,
    quotedAt: quote.quotedAt,
    total,
    fee,
    heldCash: undefined,
    updatedAt: at,
  }
}

/** A trade at placement. What the replaced order had set aside pays for it first. */
function tradeEntry(order: Order, { price, total, fee }: Fill, replaced: Order | undefined): Entry {
  const { id: orderId, assetId, quantity } = order
  const terms = { orderId, assetId, quantity, price, total, fee, replacedOrderId: replaced?.id }
  return order.side === 'BUY'
    ? buyEntry({ ...terms, heldBefore: replaced?.heldCash ?? zeroUsd })
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
  return isTradable(quote) && isTriggered(order.side, limit, quote.price)
}

/** Whether a price triggers a stop order: it is open and waits for its stop price, which a later price than that of its placement reaches. */
export function triggers(order: Order, { price, quotedAt }: SeenPrice, nowMs: number): boolean {
  const { side, judgedAt = order.createdAt } = order
  const stopPrice = pendingStop(order)
  if (!isOpen(order) || stopPrice === undefined || isDue(order, nowMs)) return false
  return quotedAt > judgedAt && isReached(stopDirection(side), stopPrice, price)
}

/** A stop order from its trigger on. It keeps its hold, and fills as a market or a limit order. */
export const triggered = (order: Order, { price }: SeenPrice, at: string): Order => ({
  ...order,
  triggeredAt: at,
  triggerPrice: price,
  updatedAt: at,
})

/**
 * Fills a waiting order at the market price; what its hold does not need goes back in the same movement. A triggered stop buy whose hold
 * does not cover the market fails, and gets all of it back.
 */
export function planFill(order: Order, quote: MarketQuote, at: string): OrderStep {
  const { id: orderId, side, assetId, quantity, feeBasisPoints, heldCash = zeroUsd } = order
  const { price } = quote
  const { total, fee } = tradeAmounts({ side, price, quantity, feeBasisPoints })
  const terms = { orderId, assetId, quantity, price, total, fee }
  const next = completed(order, { price, total, fee }, quote, at)
  if (side === 'SELL') return { order: next, entry: sellEntry({ ...terms, heldBefore: quantity }) }
  if (total > heldCash) return beyondHold(order, at)
  return { order: next, entry: buyEntry({ ...terms, heldBefore: heldCash }) }
}

function beyondHold(order: Order, at: string): OrderStep {
  invariant(order.type === 'STOP', 'A hold covers every fill at the limit or better.')
  const reason = 'The market was beyond what the order had set aside when it was triggered.'
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
