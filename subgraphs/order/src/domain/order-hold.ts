import { cashAssetId } from '@cnop/ledger/entry'
import { isOpen, type Order, restOf } from './order.ts'

/** The hold that the journal must have for an order: `USD` in cents, or a ticker in quantity units. */
export interface OrderHold {
  readonly assetId: string
  readonly amount: bigint
}

/** An open buy holds cash, an open sale what it still sells; every other order holds nothing. */
export function holdOf(order: Order): OrderHold | undefined {
  if (!isOpen(order)) return undefined
  const { side, assetId, heldCash = 0n } = order
  return side === 'BUY'
    ? { assetId: cashAssetId, amount: heldCash }
    : { assetId, amount: restOf(order) }
}

/** Compares what open orders should hold with what they hold by the journal, and returns the first difference. */
export function compareHolds(
  orders: readonly Order[],
  holds: ReadonlyMap<string, OrderHold>,
): string | undefined {
  const expected = new Map<string, OrderHold>()
  for (const order of orders) {
    const hold = holdOf(order)
    if (hold && hold.amount !== 0n) expected.set(order.id, hold)
  }
  const orderIds = [...new Set([...expected.keys(), ...holds.keys()])].sort()
  for (const orderId of orderIds) {
    const should = expected.get(orderId)
    const is = holds.get(orderId)
    if (isSame(should, is)) continue
    return `order ${orderId} should hold ${say(should)}, the journal says ${say(is)}`
  }
  return undefined
}

const isSame = (one: OrderHold | undefined, other: OrderHold | undefined): boolean =>
  one?.assetId === other?.assetId && one?.amount === other?.amount

const say = (hold: OrderHold | undefined): string =>
  hold ? `${hold.amount.toString()} of ${hold.assetId}` : 'nothing'
