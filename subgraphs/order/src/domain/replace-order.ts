import { BadInput } from '@cnop/kit/errors'
import {
  addQuantity,
  formatPrice,
  formatQuantity,
  type Price,
  type Quantity,
  subtractQuantity,
} from '@cnop/kit/money'
import { namedPart, unpackNamedLots } from '@cnop/ledger/lots'
import type { ReplaceOrderInput } from '../generated/resolvers.ts'
import { OrderNotReplaceable } from './errors.ts'
import { isDue } from './fill-order.ts'
import { filledOf, isOpen, type Order, type OrderType, restOf, timeInForceOf } from './order.ts'
import { type OrderRequest, priceTexts, readClientOrderId } from './order-request.ts'
import type { OrderRules } from './order-rules.ts'
import { checkRange, checkTerms, checkTimeInForce, readTrail, type Terms } from './order-terms.ts'
import type { Circumstances } from './plan-order.ts'
import { checkExits, type Exits, readExits } from './exit.ts'
import { fillsAtMarket, isStopType, limitOf } from './stop.ts'
import type { Trail } from './trail.ts'

/** What a replacement changes; everything else stays as it was. */
export interface Changes {
  /** Of what has not filled; undefined leaves that as it is. */
  readonly quantity: Quantity | undefined
  readonly limitPrice: Price | undefined
  readonly stopPrice: Price | undefined
  /** Null takes the limit of an OCO order's stop away; undefined leaves it as it was. */
  readonly stopLimitPrice: Price | null | undefined
  /** The distance of a trailing stop; undefined leaves it as it was. */
  readonly trail: Required<Trail> | undefined
  /** Null takes an exit away; undefined leaves it as it was. */
  readonly exits: Readonly<Record<keyof Exits, Price | null | undefined>>
  /** How long the new order waits; undefined leaves that as it was. */
  readonly wait: Pick<Terms, 'timeInForce' | 'expiresAt'> | undefined
  readonly clientOrderId: string | undefined
}

/** Checks that depend on neither the order nor the clock, so that a repeat has the same result. */
export function checkChanges(input: ReplaceOrderInput, rules: OrderRules): Changes {
  const { key: _key, orderId: _orderId, clientOrderId: _name, ...given } = input
  const { quantity, limitPrice, stopPrice, stopLimitPrice, timeInForce, expiresAt } = given
  if (Object.values(given).every((change) => change == null || change === false)) {
    throw new BadInput('quantity', 'is required, unless something else is changed')
  }
  if (quantity != null && quantity <= 0n) throw new BadInput('quantity', 'must be more than zero')
  return {
    quantity: quantity ?? undefined,
    limitPrice: limitPrice == null ? undefined : checkRange('limitPrice', limitPrice, rules),
    stopPrice: stopPrice == null ? undefined : checkRange('stopPrice', stopPrice, rules),
    stopLimitPrice: removable(
      'stopLimitPrice',
      stopLimitPrice == null ? undefined : checkRange('stopLimitPrice', stopLimitPrice, rules),
      input,
    ),
    trail: readTrail(input),
    exits: checkExitChanges(input),
    wait: timeInForce == null && expiresAt == null ? undefined : checkWait(input),
    clientOrderId: readClientOrderId(input),
  }
}

/** The prices that an order may have or not, and the flag that takes each away: some clients send null for what they leave out. */
const removal = {
  stopLimitPrice: 'removeStopLimit',
  takeProfitPrice: 'removeTakeProfit',
  stopLossPrice: 'removeStopLoss',
  stopLossLimitPrice: 'removeStopLossLimit',
} as const

type Removable = keyof typeof removal

function removable(
  name: Removable,
  price: Price | undefined,
  input: ReplaceOrderInput,
): Price | null | undefined {
  if (!input[removal[name]]) return price
  if (price !== undefined) throw new BadInput(name, 'is removed and given')
  return null
}

function checkExitChanges(input: ReplaceOrderInput): Changes['exits'] {
  const { takeProfitPrice, stopLossPrice, stopLossLimitPrice } = readExits(input)
  return {
    takeProfitPrice: removable('takeProfitPrice', takeProfitPrice, input),
    stopLossPrice: removable('stopLossPrice', stopLossPrice, input),
    stopLossLimitPrice: removable('stopLossLimitPrice', stopLossLimitPrice, input),
  }
}

/** An order that may not wait could end unfilled, and then neither of the two would be open. */
function checkWait(input: ReplaceOrderInput): NonNullable<Changes['wait']> {
  const { timeInForce } = input
  if (timeInForce === 'IOC' || timeInForce === 'FOK') {
    throw new BadInput('timeInForce', 'of a replacement is GTC, GTD or DAY')
  }
  return checkTimeInForce(input)
}

type ChangedPrices = Pick<Changes, 'limitPrice' | 'stopPrice' | 'stopLimitPrice'>

const pricesIn = ({ limitPrice, stopPrice, stopLimitPrice }: ChangedPrices) => ({
  limitPrice,
  stopPrice,
  stopLimitPrice,
})

/** The prices and distances that the client gave. */
const givenPrices = ({ trail, exits, ...changes }: Changes): readonly string[] =>
  Object.entries({ ...pricesIn(changes), ...trail, ...exits }).flatMap(([name, value]) =>
    value == null ? [] : name,
  )

/** The change that a refusal of the whole order names: a price, or else the order itself. */
const blamed = (changes: Changes): string => givenPrices(changes)[0] ?? 'orderId'

/** Checks a replacement. A price of the open order that fits no more was not sent, so the refusal names the change that it does not fit. */
export function blameChanges<Checked>(changes: Changes, check: () => Checked): Checked {
  try {
    return check()
  } catch (error) {
    if (!(error instanceof BadInput)) throw error
    const { field = '', reason = '' } = error.details
    const isSent = field === 'expiresAt' || field.startsWith('remove')
    if (isSent || givenPrices(changes).includes(field)) throw error
    throw new BadInput(blamed(changes), `does not fit the open order, whose ${field} ${reason}`)
  }
}

/** The changes as plain JSON, for comparing repeats. */
export const changesJson = ({ quantity, limitPrice, ...changes }: Changes) => ({
  quantity: quantity === undefined ? null : formatQuantity(quantity),
  limitPrice: limitPrice === undefined ? null : formatPrice(limitPrice),
  ...priceTexts({ stopPrice: changes.stopPrice }),
  ...removableTexts({ stopLimitPrice: changes.stopLimitPrice }),
  ...trailJson(changes.trail),
  ...removableTexts(changes.exits),
  timeInForce: changes.wait?.timeInForce ?? null,
  expiresAt: changes.wait?.expiresAt ?? null,
  clientOrderId: changes.clientOrderId ?? null,
})

/** Left out when unchanged, so that keys used before the field existed still match. */
const removableTexts = (prices: Readonly<Record<string, Price | null | undefined>>) =>
  Object.fromEntries(
    Object.entries(prices)
      .filter(([, price]) => price !== undefined)
      .map(([name, price]) => [name, price == null ? null : formatPrice(price)]),
  )

const trailJson = ({ trailAmount, trailBasisPoints }: Trail = {}) =>
  trailBasisPoints === undefined
    ? priceTexts({ trailAmount })
    : { trailBasisPoints: String(trailBasisPoints) }

/** Refuses to replace an order that has ended, whose time has passed, or that is about to fill at the market. */
export function refuseEnded(order: Order, nowMs: number): void {
  if (!isOpen(order)) throw new OrderNotReplaceable(order.id, order.status)
  if (isDue(order, nowMs)) throw new OrderNotReplaceable(order.id, 'EXPIRED')
  if (fillsAtMarket(order) && order.triggeredAt !== undefined) {
    throw new OrderNotReplaceable(order.id, order.status)
  }
}

/** Refuses another quantity for a sale that names its lots: they would not sum to it. */
export function refuseResize(order: Order, { quantity }: Changes): void {
  if (order.lots === undefined || quantity === undefined || quantity === restOf(order)) return
  throw new BadInput('quantity', 'of a sale that names its lots stays as it is')
}

/** What is left of the lots that a sale names, which the order that replaces it names too. */
const lotsOf = (order: Order): OrderRequest['lots'] =>
  order.lots === undefined
    ? undefined
    : namedPart(unpackNamedLots(order.lots), filledOf(order), restOf(order))

/**
 * The order that replaces another, as a request. A DAY order that can still be replaced ends on the day it would have ended. A stop-limit
 * order that was triggered is a limit order from then on, and so is the one that replaces it; so is an OCO order whose stop has a limit. A trailing stop goes on behind the best price
 * that it has followed. Of an order that has filled in part, the rest is replaced: the new order has a quantity and fills of its own.
 */
export function replacementOf(order: Order, changes: Changes, rules: OrderRules): OrderRequest {
  const { side, assetId, expiresAt, bestPrice } = order
  const type = isStopType(order.type) && order.triggeredAt !== undefined ? 'LIMIT' : order.type
  const checked = checkTerms({ side, type, ...termsOf(order, type, changes) }, rules)
  refuseNothing(order, type, changes)
  const exits = {
    takeProfitPrice: changed(changes.exits.takeProfitPrice, order.takeProfitPrice),
    stopLossPrice: changed(changes.exits.stopLossPrice, order.stopLossPrice),
    stopLossLimitPrice: lossLimitOf(order, changes),
  }
  return {
    side,
    assetId,
    quantity: changes.quantity ?? restOf(order),
    quoteAmount: undefined,
    ...{ type, ...checked, ...checkExits(exits, { side, type, ...checked }, rules) },
    ...(changes.wait ?? { timeInForce: timeInForceOf(order), expiresAt }),
    clientOrderId: changes.clientOrderId,
    lots: lotsOf(order),
    sizeField: changes.quantity === undefined ? blamed(changes) : 'quantity',
    bestPrice,
  }
}

/** Who takes the stop loss away takes its limit too. */
const lossLimitOf = (order: Order, { exits }: Changes): Price | null =>
  changed(
    exits.stopLossLimitPrice,
    exits.stopLossPrice === null ? undefined : order.stopLossLimitPrice,
  )

/** A replacement that removes what the order does not have would only cost it its place in time. */
function refuseNothing(order: Order, type: OrderType, changes: Changes): void {
  const removed = { ...changes.exits, stopLimitPrice: changes.stopLimitPrice }
  const has = { ...order, stopLimitPrice: type === 'OCO' ? order.stopLimitPrice : undefined }
  for (const name of Object.keys(removal) as Removable[]) {
    if (removed[name] !== null || has[name] !== undefined) continue
    throw new BadInput(removal[name], `of an order without a ${name}`)
  }
}

const changed = (change: Price | null | undefined, before: Price | undefined): Price | null =>
  change === undefined ? (before ?? null) : change

/** The prices of an order with its changes. The stop price of a trailing stop follows from its distance. */
function termsOf(order: Order, type: OrderType, changes: Changes) {
  const { stopPrice, stopLimitPrice } = order
  const hasStopPrice = type !== 'LIMIT' && type !== 'TRAILING_STOP'
  const { trailAmount, trailBasisPoints } = changes.trail ?? order
  const kept = {
    limitPrice: limitOf(order),
    stopPrice: hasStopPrice ? stopPrice : undefined,
    stopLimitPrice: type === 'OCO' ? stopLimitPrice : undefined,
  }
  return {
    limitPrice: orNull(changes.limitPrice ?? kept.limitPrice),
    stopPrice: orNull(changes.stopPrice ?? kept.stopPrice),
    stopLimitPrice: changed(changes.stopLimitPrice, kept.stopLimitPrice),
    trailAmount: orNull(trailAmount),
    trailBasisPoints: orNull(trailBasisPoints),
  }
}

const orNull = <Value>(value: Value | undefined): Value | null => value ?? null

/**
 * The circumstances of a replacement: what the replaced order holds is available to it, and its place among the open orders too, unless that is
 * taken by the sale that a part of it has opened.
 */
export function withoutHold(now: Circumstances, order: Order): Circumstances {
  const freed = { ...now, open: order.exitOrderId === undefined ? 0 : now.open }
  if (order.side === 'BUY') return freed
  const quantity = restOf(order)
  return {
    ...freed,
    available: addQuantity(now.available, quantity),
    held: subtractQuantity(now.held, quantity),
  }
}

/** The replaced order as it ends: its hold went to the order that replaces it. */
export const replacedOrder = (order: Order, replacedBy: string, at: string): Order => ({
  ...order,
  status: 'CANCELLED',
  replacedBy,
  heldCash: undefined,
  updatedAt: at,
})
