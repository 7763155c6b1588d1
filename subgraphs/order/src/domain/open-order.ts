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
import { packNamedLots } from '@cnop/ledger/lots'
import type { FeeRates } from '@cnop/quotes/fee'
import { nextUtcDayMs, toIso } from '@cnop/kit/clock'
import { invariant } from '@cnop/kit/errors'
import { type Quantity, zeroQuantity, zeroUsd } from '@cnop/kit/money'
import { isOpen, type Order, type OrderSide, restOf, type TimeInForce } from './order.ts'
import { exitAfter, type Opened } from './exit.ts'
import { lotsFor } from './named-lots.ts'
import { fillFee } from './order-fee.ts'
import type { OrderRequest } from './order-request.ts'
import { fillPrice, isTradable, type MarketQuote } from './order-rules.ts'
import { mayWait } from './order-terms.ts'
import {
  type Fill,
  fillsInParts,
  isMet,
  lastPart,
  nextPart,
  type Part,
  progressOf,
} from './parts.ts'
import { type PartMoment, takePart } from './take-part.ts'
import type { OrderPlan } from './plan-order.ts'
import { fillLimit, fillsAtMarket, type HoldRules } from './stop.ts'
import { tradeAmounts } from '@cnop/quotes/trade-amounts'

/** An order after a transition, and its movement of money, with the sale that its fill opens or adds to. */
export interface OrderStep extends Opened {
  readonly order: Order
  readonly entry: Entry
  /** The trade of an order that fills in parts; an order that fills whole says itself what it traded. */
  readonly fill?: Fill | undefined
}

export interface Placement {
  readonly id: string
  readonly username: string
  readonly at: string
  readonly quote: MarketQuote
  readonly fees: FeeRates
  readonly rules: HoldRules
  /** The open order that it replaces: its hold ends in the same movement. */
  readonly replaced?: Order | undefined
  /** The id of the order that its fill opens, where it has exits. */
  readonly exitId: string
  /** The lots of the asset, packed. */
  readonly lots: string
}

/** A placed order. */
export interface OpenedOrder {
  readonly order: Order
  /** Its movement of money; undefined for an order that ended without any. */
  readonly entry: Entry | undefined
  readonly exit?: Order | undefined
  readonly fill?: Fill | undefined
  /** The movement that the account must cover, made or not: an order that may not wait needs its funds all the same. */
  readonly covered: Entry
}

/** Opens an order: it fills at once or in part, waits with its hold, or ends because it may not wait. */
export function openOrder(
  request: OrderRequest,
  plan: OrderPlan,
  placement: Placement,
): OpenedOrder {
  const { at, quote, replaced } = placement
  const waiting = newOrder(request, plan, placement)
  if (plan.outcome === 'FILL') {
    const exit = exitAfter(waiting, waiting.quantity, placement)?.exit
    const entry = tradeEntry(waiting, plan, { ...placement, exit })
    return { order: completed(waiting, plan, { quote, at, exit }), entry, exit, covered: entry }
  }
  const { liquidity, part } = plan
  if (part) return openInPart(waiting, part, { ...placement, liquidity, holder: replaced })
  const held = holdFor(waiting, plan, replaced)
  if (plan.outcome === 'WAIT') return { ...held, covered: held.entry }
  const reason = reasonNotToWait(request.timeInForce)
  const order: Order = { ...waiting, status: 'CANCELLED', reason }
  return { order, entry: undefined, covered: held.entry }
}

function newOrder(request: OrderRequest, plan: OrderPlan, placement: Placement): Order {
  const { id, username, at, quote, fees, replaced } = placement
  return {
    id,
    username,
    clientOrderId: request.clientOrderId,
    replaces: replaced?.id,
    lots: request.lots && packNamedLots(request.lots),
    takeProfitPrice: request.takeProfitPrice,
    stopLossPrice: request.stopLossPrice,
    side: request.side,
    type: request.type,
    status: 'PENDING',
    assetId: request.assetId,
    quantity: plan.quantity,
    quoteAmount: request.quoteAmount,
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
}

const expiryOf = ({ timeInForce, expiresAt }: OrderRequest, at: string): string | undefined =>
  timeInForce === 'DAY' ? toIso(nextUtcDayMs(Date.parse(at))) : expiresAt

const reasonNotToWait = (timeInForce: TimeInForce | undefined): string =>
  timeInForce === 'FOK'
    ? 'The market was not at the limit: a fill or kill order fills whole at once or not at all.'
    : 'The market was not at the limit: an immediate or cancel order does not wait.'

/** An order of which a part fills at once: the rest waits with its hold, or is cancelled because it may not wait. */
function openInPart(order: Order, part: Part, moment: PartMoment): OpenedOrder {
  const step = takePart(order, part, moment)
  if (mayWait(order.timeInForce)) return { ...step, covered: step.entry }
  const status = 'CANCELLED'
  const reason =
    'The market had less at the limit: an immediate or cancel order does not wait for the rest.'
  return { ...step, order: { ...step.order, status, reason }, covered: step.entry }
}

type Trade = Pick<OrderPlan, 'price' | 'total' | 'fee' | 'liquidity'>

interface Completion {
  readonly quote: MarketQuote
  readonly at: string
  readonly exit: Order | undefined
}

function completed(order: Order, plan: Trade, { quote, at, exit }: Completion): Order {
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

interface Others extends Pick<Placement, 'replaced' | 'lots'> {
  readonly exit: Order | undefined
}

/** A trade at placement. What the replaced order had set aside pays for it first. */
function tradeEntry(order: Order, { price, total, fee }: Trade, others: Others): Entry {
  const { replaced, exit, lots } = others
  const { id: orderId, assetId, quantity } = order
  const terms = { orderId, assetId, quantity, price, total, fee, replacedOrderId: replaced?.id }
  return order.side === 'BUY'
    ? buyEntry({ ...terms, heldBefore: replaced?.heldCash ?? zeroUsd, openedOrderId: exit?.id })
    : sellEntry({
        ...terms,
        heldBefore: replaced ? restOf(replaced) : zeroQuantity,
        namedLots: lotsFor(order, quantity, lots).namedLots,
      })
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
    : replaceAssetEntry({ ...asset, replaced: restOf(replaced), replacedOrderId })
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
  const { side, limitPrice, fillCount = 0 } = order
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
  invariant(fillsAtMarket(order.type), 'An order can always fill at its limit or better.')
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
