import { invariant } from '@cnop/kit/errors'
import { type Quantity, zeroUsd } from '@cnop/kit/money'
import type { Holding } from '@cnop/ledger/account'
import { buyEntry, type Entry, sellEntry } from '@cnop/ledger/entry'
import { releaseAssetEntry, releaseCashEntry } from '@cnop/ledger/hold-entries'
import { tradeAmounts } from '@cnop/quotes/trade-amounts'
import { exitAfter, type Opened } from './exit.ts'
import { lotsFor } from './named-lots.ts'
import { isOpen, type Order, type OrderSide, restOf } from './order.ts'
import { fillFee } from './order-fee.ts'
import { fillPrice, isTradable, type MarketQuote } from './order-rules.ts'
import { type Fill, fillsInParts, isMet, lastPart, nextPart, progressOf } from './parts.ts'
import type { OrderPlan } from './plan-order.ts'
import { fillLimit, fillsAtMarket, type HoldRules, limitOf } from './stop.ts'
import { takePart } from './take-part.ts'

/** An order after a transition, and its movement of money, with the sale that its fill opens or adds to. */
export interface OrderStep extends Opened {
  readonly order: Order
  readonly entry: Entry
  /** The trade of an order that fills in parts; an order that fills whole says itself what it traded. */
  readonly fill?: Fill | undefined
}

/** What a whole order trades. */
export type Trade = Pick<OrderPlan, 'price' | 'total' | 'fee' | 'liquidity'>

interface Completion {
  readonly quote: MarketQuote
  readonly at: string
  readonly exit: Order | undefined
}

export function completed(order: Order, plan: Trade, { quote, at, exit }: Completion): Order {
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

/** Whether the order's own time has passed. */
export function isDue({ expiresAt }: Order, nowMs: number): boolean {
  return expiresAt !== undefined && Date.parse(expiresAt) <= nowMs
}

/** Whether a quote fills a waiting order, or a part of it: it is open, not past its time, and the market is at its limit or better. */
export function meets(order: Order, quote: MarketQuote, nowMs: number): boolean {
  const limit = fillLimit(order)
  if (!isOpen(order) || limit === undefined || isDue(order, nowMs)) return false
  return isTradable(quote) && isMet(order, limit, quote)
}

/** What a fill is decided by, beside the order. */
export interface FillMoment {
  readonly quote: MarketQuote
  /** The user's holding of the asset: what a sale takes from it is the order's own hold. */
  readonly holding: Pick<Holding, 'available' | 'held' | 'lots'>
  readonly at: string
  /** The id of the order that the fill opens, where it has exits. */
  readonly exitId: string
  /** The sale that an earlier part of it has opened. */
  readonly known?: Order | undefined
  readonly rules: HoldRules
}

/**
 * Fills a waiting order at the market price; what its hold does not need goes back in the same movement. A triggered stop that cannot
 * fill there fails, and gets all of its hold back: a buy that needs more than it set aside, and a sale that would pay nothing
 * for a part of a holding. The fill of a buy with exits opens their order, or adds to it, which holds what was bought. An order at a limit fills
 * as far as the market is deep there; undefined when that is not worth a cent.
 */
export function planFill(order: Order, moment: FillMoment): OrderStep | undefined {
  if (fillsInParts(order)) return planPart(order, moment)
  return order.fillCount === undefined ? planWhole(order, moment) : planLast(order, moment)
}

/** Fills at the market what is left of an OCO order whose stop was triggered: its limit sold or bought the parts before, so that both never trade one of them. */
function planLast(order: Order, moment: FillMoment): OrderStep | undefined {
  const { side, heldCash = zeroUsd } = order
  const { quote, holding, at } = moment
  const { liquidity, feeBasisPoints } = fillFee(order)
  const part = lastPart(order, fillPrice(order, quote), feeBasisPoints)
  if (part.total <= 0n && !endsHolding(side, holding, part.quantity)) {
    // What a buy has paid for its parts covers a rest of less than a cent: it waits for a price at which it is one.
    return side === 'BUY' ? undefined : cannotFill(order, at, reasons.paysNothing)
  }
  if (side === 'BUY' && part.total > heldCash) return cannotFill(order, at, reasons.beyondHold)
  return takePart(order, part, { ...moment, lots: holding.lots, liquidity, holder: order })
}

function planPart(order: Order, moment: FillMoment): OrderStep | undefined {
  const { quote, holding } = moment
  const { side, fillCount = 0 } = order
  const limitPrice = limitOf(order)
  invariant(limitPrice !== undefined, 'An order that fills in parts has a limit.')
  const { liquidity, feeBasisPoints } = fillFee(order)
  const rest = restOf(order)
  const progress = progressOf(order)
  const waiting = { side, limitPrice, rest, progress, fillCount, feeBasisPoints }
  const part = nextPart(waiting, quote)
  if (!part || (part.total <= 0n && !endsHolding(side, holding, rest))) return undefined
  if (part.isWhole && fillCount === 0) return planWhole(order, moment)
  return takePart(order, part, { ...moment, lots: holding.lots, liquidity, holder: order })
}

/** Only the sale of the last units of a holding may pay nothing. */
const endsHolding = (
  side: OrderSide,
  { available, held }: Pick<Holding, 'available' | 'held'>,
  sold: Quantity,
): boolean => side === 'SELL' && available === 0n && held === sold

function planWhole(order: Order, moment: FillMoment): OrderStep {
  const { quote, holding, at } = moment
  const { id: orderId, side, assetId, quantity, heldCash = zeroUsd } = order
  const price = fillPrice(order, quote)
  const { liquidity, feeBasisPoints } = fillFee(order)
  const { total, fee } = tradeAmounts({ side, price, quantity, feeBasisPoints })
  const terms = { orderId, assetId, quantity, price, total, fee }
  const exit = exitAfter(order, quantity, moment)?.exit
  const next = completed(order, { price, total, fee, liquidity }, { quote, at, exit })
  if (side === 'SELL') {
    if (total <= 0n && !endsHolding(side, holding, quantity)) {
      return cannotFill(order, at, reasons.paysNothing)
    }
    const { namedLots, lotsGone } = lotsFor(order, quantity, holding.lots)
    const entry = sellEntry({ ...terms, heldBefore: quantity, namedLots })
    return { order: { ...next, lotsGone }, entry }
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
  invariant(fillsAtMarket(order), 'An order can always fill at its limit or better.')
  return closeOrder(order, { status: 'FAILED', at, reason })
}

export interface Closing {
  readonly status: 'CANCELLED' | 'EXPIRED' | 'FAILED'
  readonly at: string
  /** The reason, unless the owner cancelled it. */
  readonly reason?: string
}

/** Ends a waiting order and returns what it still holds; the parts that have filled stay. */
export function closeOrder(order: Order, { status, at, reason }: Closing): OrderStep {
  const { id: orderId, assetId, heldCash = zeroUsd } = order
  const quantity = restOf(order)
  const next: Order = { ...order, status, reason, heldCash: undefined, updatedAt: at }
  return {
    order: next,
    entry:
      order.side === 'SELL'
        ? releaseAssetEntry({ orderId, assetId, quantity })
        : releaseCashEntry({ orderId, assetId, amount: heldCash }),
  }
}
