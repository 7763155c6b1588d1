import { nextUtcDayMs, toIso } from '@cnop/kit/clock'
import { zeroQuantity, zeroUsd } from '@cnop/kit/money'
import { buyEntry, type Entry, sellEntry } from '@cnop/ledger/entry'
import {
  holdAssetEntry,
  holdCashEntry,
  replaceAssetEntry,
  replaceCashEntry,
} from '@cnop/ledger/hold-entries'
import { packNamedLots } from '@cnop/ledger/lots'
import type { FeeRates } from '@cnop/quotes/fee'
import { isTriggered } from '@cnop/quotes/trade-amounts'
import { exitAfter } from './exit.ts'
import { completed, type OrderStep, type Trade } from './fill-order.ts'
import { type ChosenLots, lotsFor } from './named-lots.ts'
import { type Order, restOf } from './order.ts'
import type { OrderRequest } from './order-request.ts'
import { type MarketQuote, tradePrice } from './order-rules.ts'
import { mayWait } from './order-terms.ts'
import type { Fill, Part } from './parts.ts'
import type { OrderPlan } from './plan-order.ts'
import type { HoldRules } from './stop.ts'
import { type PartMoment, takePart } from './take-part.ts'

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
    const { namedLots, lotsGone } = lotsFor(waiting, waiting.quantity, placement.lots)
    const entry = tradeEntry(waiting, plan, { replaced, exit, namedLots })
    const order = { ...completed(waiting, plan, { quote, at, exit }), lotsGone }
    return { order, entry, exit, covered: entry }
  }
  const { liquidity, part } = plan
  if (part) return openInPart(waiting, part, { ...placement, liquidity, holder: replaced })
  const held = holdFor(waiting, plan, replaced)
  if (plan.outcome === 'WAIT') return { ...held, covered: held.entry }
  const reason = reasonNotToWait(request, quote)
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
    stopLossLimitPrice: request.stopLossLimitPrice,
    side: request.side,
    type: request.type,
    status: 'PENDING',
    assetId: request.assetId,
    quantity: plan.quantity,
    quoteAmount: request.quoteAmount,
    ...{ feeBasisPoints: fees.taker, makerFeeBasisPoints: fees.maker },
    limitPrice: request.limitPrice,
    stopPrice: plan.stopPrice,
    stopLimitPrice: request.stopLimitPrice,
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

/** Why an order that may not wait ends with nothing: the market is not at its limit, or trades too little there. */
function reasonNotToWait(
  { side, limitPrice, timeInForce }: OrderRequest,
  quote: MarketQuote,
): string {
  const best = quote.bestBefore ?? tradePrice(side, quote, zeroQuantity)
  const isThere = limitPrice !== undefined && isTriggered(side, limitPrice, best)
  const why = isThere ? 'The market had too little at the limit' : 'The market was not at the limit'
  return timeInForce === 'FOK'
    ? `${why}: a fill or kill order fills whole at once or not at all.`
    : `${why}: an immediate or cancel order does not wait.`
}

/** An order of which a part fills at once: the rest waits with its hold, or is cancelled because it may not wait. */
function openInPart(order: Order, part: Part, moment: PartMoment): OpenedOrder {
  const step = takePart(order, part, moment)
  if (mayWait(order.timeInForce)) return { ...step, covered: step.entry }
  const status = 'CANCELLED'
  const reason =
    'The market had less at the limit: an immediate or cancel order does not wait for the rest.'
  return { ...step, order: { ...step.order, status, reason }, covered: step.entry }
}

interface Others extends Pick<Placement, 'replaced'>, Pick<ChosenLots, 'namedLots'> {
  readonly exit: Order | undefined
}

/** A trade at placement. What the replaced order had set aside pays for it first. */
function tradeEntry(order: Order, { price, total, fee }: Trade, others: Others): Entry {
  const { replaced, exit, namedLots } = others
  const { id: orderId, assetId, quantity } = order
  const terms = { orderId, assetId, quantity, price, total, fee, replacedOrderId: replaced?.id }
  return order.side === 'BUY'
    ? buyEntry({ ...terms, heldBefore: replaced?.heldCash ?? zeroUsd, openedOrderId: exit?.id })
    : sellEntry({
        ...terms,
        heldBefore: replaced ? restOf(replaced) : zeroQuantity,
        namedLots,
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
