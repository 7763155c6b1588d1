import type { Order } from '@cnop/order/domain/order'
import { idOf, type Rows } from './sim-rows.ts'

/** Lists what is wrong with the orders themselves; what they hold by the journal is compared elsewhere. */
export function checkOrders(rows: Rows): string[] {
  const records = [...rows.orders.values()].flatMap(({ record }) => record ?? [])
  return [
    ...records.flatMap((order) => checkOrder(order, rows) ?? []),
    ...checkNames(rows, records),
  ]
}

function checkOrder(order: Order, rows: Rows): string | undefined {
  return checkOpen(order) ?? checkFill(order) ?? checkTrigger(order) ?? checkReplaced(order, rows)
}

/** An order that waits may wait, and its hold covers the limit and the fee. */
function checkOpen(order: Order): string | undefined {
  if (order.status !== 'PENDING') return undefined
  if (order.timeInForce === 'IOC' || order.timeInForce === 'FOK') {
    return `${order.id} waits, and it is ${order.timeInForce}`
  }
  if (order.side === 'BUY' && order.heldCash !== needed(order)) {
    return `${order.id} holds ${String(order.heldCash)} instead of ${needed(order)}`
  }
  return undefined
}

const dividedUp = (dividend: bigint, divisor: bigint): bigint => (dividend + divisor - 1n) / divisor

/** What a buy sets aside: by its limit, or by its stop price and five per cent. */
function needed({ limitPrice, stopPrice, quantity, feeBasisPoints }: Order): bigint {
  const worst = limitPrice ?? dividedUp((stopPrice ?? 0n) * 105n, 100n)
  const value = dividedUp(worst * quantity, 10n ** 18n)
  return value + dividedUp(value * feeBasisPoints, 10_000n)
}

/** A buy that waited, or could have, takes no more than it set aside. */
function checkFill(order: Order): string | undefined {
  if (order.status !== 'COMPLETED' || order.side !== 'BUY' || order.total === undefined) {
    return undefined
  }
  return order.total > needed(order)
    ? `${order.id} took ${order.total}, more than ${needed(order)}`
    : undefined
}

/** A stop order fills when it was triggered, by a price on the right side of its stop. */
function checkTrigger({ id, side, status, stopPrice, triggerPrice }: Order): string | undefined {
  if (stopPrice === undefined) return undefined
  if (triggerPrice === undefined) {
    return status === 'COMPLETED' ? `${id} filled without a trigger` : undefined
  }
  const isRight = side === 'BUY' ? triggerPrice >= stopPrice : triggerPrice <= stopPrice
  return isRight ? undefined : `${id} was triggered at ${triggerPrice}`
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
