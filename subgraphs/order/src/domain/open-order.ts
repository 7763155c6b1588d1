import {
  buyEntry,
  type Entry,
  holdAssetEntry,
  holdCashEntry,
  releaseAssetEntry,
  releaseCashEntry,
  sellEntry,
} from '@cnop/ledger/entry'
import { invariant } from '@cnop/kit/errors'
import { zeroUsd } from '@cnop/kit/money'
import { isOpen, type Order } from './order.ts'
import type { OrderRequest } from './order-request.ts'
import { isTradable, type MarketQuote, type OrderRules } from './order-rules.ts'
import type { OrderPlan } from './plan-order.ts'
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
}

/** Opens an order: it fills at once, or waits with its hold. */
export function openOrder(request: OrderRequest, plan: OrderPlan, placement: Placement): OrderStep {
  const { id, username, at, quote, rules } = placement
  const waiting: Order = {
    id,
    username,
    side: request.side,
    type: request.type,
    status: 'PENDING',
    assetId: request.assetId,
    quantity: plan.quantity,
    quoteAmount: request.quoteAmount,
    feeBasisPoints: rules.feeBasisPoints,
    limitPrice: request.limitPrice,
    price: undefined,
    quotedAt: undefined,
    total: undefined,
    fee: undefined,
    heldCash: undefined,
    reason: undefined,
    expiresAt: request.expiresAt,
    createdAt: at,
    updatedAt: at,
    entrySequences: [],
  }
  if (plan.fillsNow)
    return { order: completed(waiting, plan, quote, at), entry: tradeEntry(waiting, plan) }
  return holdFor(waiting, plan)
}

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

function tradeEntry(order: Order, { price, total, fee }: Fill): Entry {
  const { id: orderId, assetId, quantity } = order
  const terms = { orderId, assetId, quantity, price, total, fee }
  return order.side === 'BUY' ? buyEntry(terms) : sellEntry(terms)
}

function holdFor(order: Order, plan: OrderPlan): OrderStep {
  const { id: orderId, assetId, quantity } = order
  if (order.side === 'SELL') return { order, entry: holdAssetEntry({ orderId, assetId, quantity }) }
  const heldCash = plan.total
  return {
    order: { ...order, heldCash },
    entry: holdCashEntry({ orderId, assetId, amount: heldCash }),
  }
}

/** Whether the order's own time has passed. */
export function isDue({ expiresAt }: Order, nowMs: number): boolean {
  return expiresAt !== undefined && Date.parse(expiresAt) <= nowMs
}

/** Whether a quote fills a waiting order: it is open, not past its time, and the market is at its limit or better. */
export function meets(order: Order, quote: MarketQuote, nowMs: number): boolean {
  const { side, limitPrice } = order
  if (!isOpen(order) || limitPrice === undefined || isDue(order, nowMs)) return false
  return isTradable(quote) && isTriggered(side, limitPrice, quote.price)
}

/** Fills a waiting order at the market price; what its hold does not need goes back in the same movement. */
export function planFill(order: Order, quote: MarketQuote, at: string): OrderStep {
  const { id: orderId, side, assetId, quantity, feeBasisPoints, heldCash = zeroUsd } = order
  const { price } = quote
  const { total, fee } = tradeAmounts({ side, price, quantity, feeBasisPoints })
  const terms = { orderId, assetId, quantity, price, total, fee }
  const next = completed(order, { price, total, fee }, quote, at)
  if (side === 'SELL') return { order: next, entry: sellEntry({ ...terms, isHeld: true }) }
  invariant(total <= heldCash, 'A hold covers every fill at the limit or better.')
  return { order: next, entry: buyEntry({ ...terms, heldBefore: heldCash }) }
}

export interface Closing {
  readonly status: 'CANCELLED' | 'EXPIRED'
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
