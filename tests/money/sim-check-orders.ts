import type { Order } from '@cnop/order/domain/order'
import { isOpen } from '@cnop/order/domain/order'
import { agreedRates } from '@cnop/order/domain/order-fee'
import { fillsOf } from './sim-check-parts.ts'
import { checkSale } from './sim-check-sales.ts'
import { idOf, type Rows } from './sim-rows.ts'

/** Lists what is wrong with the orders themselves; what they hold by the journal is compared elsewhere. */
export function checkOrders(rows: Rows): string[] {
  const records = [...rows.orders.values()].flatMap(({ record }) => record ?? [])
  return [
    ...records.flatMap((order) => checkOrder(order, rows) ?? []),
    ...checkNames(rows, records),
    ...rows.overwritten.map((id) => `a change of the stop of ${id} was overwritten`),
  ]
}

function checkOrder(order: Order, rows: Rows): string | undefined {
  return (
    checkOpen(order, rows) ??
    checkFill(order, rows) ??
    checkTrigger(order) ??
    checkTrail(order, rows) ??
    checkReplaced(order, rows) ??
    checkSale(order, rows)
  )
}

/** An order that waits may wait, and its hold covers the limit and the fee. */
function checkOpen(order: Order, rows: Rows): string | undefined {
  if (!isOpen(order)) return undefined
  if (order.timeInForce === 'IOC' || order.timeInForce === 'FOK') {
    return `${order.id} waits, and it is ${order.timeInForce}`
  }
  const should = neededForRest(order, rows)
  if (order.side === 'BUY' && order.heldCash !== should) {
    return `${order.id} holds ${String(order.heldCash)} instead of ${should}`
  }
  return undefined
}

/**
 * What the rest of a buy still sets aside: what all of it comes to, the rest at the limit, or at the stop price of an OCO order and five per cent, and
 * rounded once, less what its parts have paid by their rows.
 */
function neededForRest(order: Order, rows: Rows): bigint {
  const { id, type, filledQuantity = 0n, quantity, limitPrice = 0n, stopPrice = 0n } = order
  if (filledQuantity === 0n) return needed(order, rows)
  const stop = order.stopLimitPrice ?? dividedUp(stopPrice * 105n, 100n)
  const worst = type === 'OCO' ? stop : limitPrice
  const { maker, taker } = agreedRates(order)
  const fills = fillsOf(rows, id)
  const value = fills.reduce((sum, fill) => sum + fill.price * fill.quantity, 0n)
  const paid = fills.reduce((sum, { total }) => sum + total, 0n)
  const whole = dividedUp(value + worst * (quantity - filledQuantity), 10n ** 18n)
  const worth = fills.reduce((sum, { total, fee }) => sum + total - fee, 0n)
  const exact = fills.reduce<bigint>(
    (sum, { total, fee, liquidity }) =>
      sum + (total - fee) * (liquidity === 'MAKER' ? maker : taker),
    0n,
  )
  const rate = order.type === 'LIMIT' ? maker : taker
  return whole + dividedUp(exact + (whole - worth) * rate, 10_000n) - paid
}

const dividedUp = (dividend: bigint, divisor: bigint): bigint => (dividend + divisor - 1n) / divisor

/** What a buy sets aside: by its limit, the farther one of an OCO order that has two, or by its stop price and five per cent; a trailing one by its first stop. */
function needed(order: Order, { bests }: Rows): bigint {
  const { id, type, stopPrice, quantity } = order
  const limitPrice = type === 'OCO' ? order.stopLimitPrice : order.limitPrice
  const [first] = bests.get(id) ?? []
  const stop = first === undefined ? stopPrice : stopBehind(order, first)
  const worst = limitPrice ?? dividedUp((stop ?? 0n) * 105n, 100n)
  const value = dividedUp(worst * quantity, 10n ** 18n)
  return value + dividedUp(value * highestRate(order), 10_000n)
}

/** A limit order that waits pays as a maker, and any other may pay as a taker. */
const highestRate = ({ type, liquidity, feeBasisPoints, makerFeeBasisPoints }: Order): bigint =>
  type === 'LIMIT' && liquidity !== 'TAKER'
    ? (makerFeeBasisPoints ?? feeBasisPoints)
    : feeBasisPoints

/** Where the stop of a trailing order is behind a best price. */
function stopBehind({ side, trailAmount, trailBasisPoints = 0 }: Order, best: bigint): bigint {
  const distance = trailAmount ?? dividedUp(best * BigInt(trailBasisPoints), 10_000n)
  return side === 'BUY' ? best + distance : best - distance
}

/** Only the limit of an OCO order fills without a trigger, at its price or better. */
function isUntriggeredFill({ type, side, status, limitPrice, price }: Order): boolean {
  if (status !== 'COMPLETED') return false
  if (type !== 'OCO' || limitPrice === undefined || price === undefined) return true
  return side === 'BUY' ? price > limitPrice : price < limitPrice
}

/** The best price only moves in the order's favour, and the stop is behind it by the distance. */
function checkTrail(order: Order, { bests }: Rows): string | undefined {
  const { id, side, bestPrice, stopPrice } = order
  if (bestPrice === undefined) return undefined
  const isWorse = (best: bigint, before: bigint): boolean =>
    side === 'BUY' ? best > before : best < before
  const moves = bests.get(id) ?? []
  if (moves.some((best, place) => place > 0 && isWorse(best, moves[place - 1] ?? best))) {
    return `the stop of ${id} moved back`
  }
  return stopPrice === stopBehind(order, bestPrice)
    ? checkExits(order, stopPrice)
    : `the stop of ${id} is not behind its best price by the distance`
}

/** The stop of a trailing buy is between its exits. */
function checkExits({ id, ...order }: Order, stop: bigint): string | undefined {
  const { takeProfitPrice, stopLossPrice = 0n, stopLossLimitPrice = 0n } = order
  const isBetween = stopLossLimitPrice <= stopLossPrice && stopLossPrice < stop
  const isBelow = takeProfitPrice === undefined || stop < takeProfitPrice
  return isBetween && isBelow ? undefined : `the exits of ${id} are not around its stop`
}

/** A buy that waited, or could have, takes no more than it set aside. */
function checkFill(order: Order, rows: Rows): string | undefined {
  if (order.status !== 'COMPLETED' || order.side !== 'BUY' || order.total === undefined) {
    return undefined
  }
  return order.total > needed(order, rows)
    ? `${order.id} took ${order.total}, more than ${needed(order, rows)}`
    : undefined
}

/** A stop order fills when it was triggered, by a price on the right side of its stop. */
function checkTrigger(order: Order): string | undefined {
  const { id, side, stopPrice, triggerPrice } = order
  if (stopPrice === undefined) return undefined
  if (triggerPrice === undefined) {
    return isUntriggeredFill(order) ? `${id} filled without a trigger` : undefined
  }
  const isRight = side === 'BUY' ? triggerPrice >= stopPrice : triggerPrice <= stopPrice
  if (!isRight) return `${id} was triggered at ${triggerPrice}`
  const { price, stopLimitPrice } = order
  if (price === undefined || stopLimitPrice === undefined) return undefined
  const isWithin = side === 'BUY' ? price <= stopLimitPrice : price >= stopLimitPrice
  return isWithin ? undefined : `${id} filled at ${price}, beyond the limit of its stop`
}

/** An order and the one that replaced it name each other, and the first has ended without a fill. */
function checkReplaced({ id, replaces, replacedBy, status }: Order, rows: Rows) {
  const recordOf = (orderId: string): Order | undefined => rows.orders.get(orderId)?.record
  if (replaces !== undefined && recordOf(replaces)?.replacedBy !== id) {
    return `${id} replaced ${replaces}, which does not say so`
  }
  if (replacedBy === undefined) return undefined
  const isNamed = recordOf(replacedBy)?.replaces === id
  return isNamed && status === 'CANCELLED' ? undefined : `${id} was replaced by nothing`
}

function checkNames({ names }: Rows, records: readonly Order[]): string[] {
  const named = records.flatMap(({ id, username, clientOrderId }) =>
    clientOrderId === undefined ? [] : { id, name: idOf(username, clientOrderId) },
  )
  return named
    .filter(({ id, name }) => names.get(name) !== id)
    .map(({ name }) => `the client order id ${name} was given twice`)
}
