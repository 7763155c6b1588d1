import { invariant } from '@cnop/kit/errors'
import { runCommand } from '@cnop/ledger/command'
import type { Deps } from '../deps.ts'
import { type OrderStep, planFill, meets, closeOrder, isDue } from '../domain/open-order.ts'
import { isOpen, type Order } from '../domain/order.ts'
import { announceOrder } from '../events.ts'
import { orderKey } from '../store/keys.ts'
import { fromRecord, type OrderRecord, toRecord } from '../store/order-record.ts'
import { closeWrites, OrderClosed } from '../store/order-writes.ts'
import { toIso } from '@cnop/kit/clock'
import type { MarketQuote } from '../domain/order-rules.ts'
import { type OrderAddress, readOrder } from '../store/orders.ts'

/** Decides the final state of an open order; undefined leaves it open. */
export type DecideFinish = (order: Order) => OrderStep | undefined

/** The decision was to leave the order as it is. */
class LeftOpen extends Error {
  override readonly name = 'LeftOpen'
}

export interface Finish {
  readonly known: Order
  readonly name: 'fill' | 'cancel' | 'expire'
}

/**
 * Moves an open order to its final state in the transaction that moves its money. The order is read again together with
 * the account; of concurrent attempts one succeeds, and the others get OrderClosed or the stored result.
 * Undefined: the decision left it open.
 */
export async function finishOrder(
  deps: Deps,
  { known, name }: Finish,
  decide: DecideFinish,
): Promise<Order | undefined> {
  const { id: orderId, username, assetId } = known
  const command = {
    username,
    key: `${name}:${orderId}`,
    name: `${name}Order`,
    input: { orderId },
    assetIds: [assetId],
    reads: [{ table: deps.store.table, key: orderKey(username, orderId) }],
  }
  let entryId: string | undefined
  try {
    const { record, by } = await runCommand<Finished>(deps.ledger, command, (state, preview) => {
      const order = openRow(state.rows[0])
      const step = decide(order)
      if (!step) throw new LeftOpen()
      const { sequence, id } = preview(step.entry).entry
      entryId = id
      const next = { ...step.order, entrySequences: [...order.entrySequences, sequence] }
      const result = { record: toRecord(next), by: id }
      return { entry: step.entry, cause: closeWrites(deps.store.table, next), result }
    })
    const order = fromRecord(record)
    // The attempt that lost the race returns the stored result, which the other attempt has published.
    if (by === entryId) await announceOrder(deps, order)
    return order
  } catch (error) {
    if (error instanceof LeftOpen) return undefined
    throw error
  }
}

interface Finished {
  readonly record: OrderRecord
  /** The journal entry of the attempt that succeeded. */
  readonly by: string
}

function openRow(row: unknown): Order {
  invariant(row !== undefined, 'An order that was read still exists.')
  const order = fromRecord(row)
  if (!isOpen(order)) throw new OrderClosed(order)
  return order
}

/** Fills an open order at the quote, if it still waits and the quote meets it; undefined when there was nothing to fill. */
export async function fillOrder(
  deps: Deps,
  known: Order,
  quote: MarketQuote,
): Promise<Order | undefined> {
  try {
    return await finishOrder(deps, { known, name: 'fill' }, (order) => {
      const nowMs = deps.now()
      return meets(order, quote, nowMs) ? planFill(order, quote, toIso(nowMs)) : undefined
    })
  } catch (error) {
    if (error instanceof OrderClosed) return undefined
    throw error
  }
}

/** Expires an open order whose time has passed; undefined when it was closed otherwise. */
export async function expireOrder(deps: Deps, address: OrderAddress): Promise<Order | undefined> {
  const known = await readOrder(deps.store, address)
  if (!known || !isOpen(known)) return undefined
  try {
    return await finishOrder(deps, { known, name: 'expire' }, (order) => {
      const nowMs = deps.now()
      return isDue(order, nowMs)
        ? closeOrder(order, { status: 'EXPIRED', at: toIso(nowMs) })
        : undefined
    })
  } catch (error) {
    if (error instanceof OrderClosed) return undefined
    throw error
  }
}

/**
 * Cancels an open order whose asset was delisted, and returns what it held. It is the same command as the owner's own
 * cancelling, so that the hold is released once, by the first of them. Undefined when the order was closed otherwise.
 */
export async function cancelDelistedOrder(deps: Deps, known: Order): Promise<Order | undefined> {
  try {
    return await finishOrder(deps, { known, name: 'cancel' }, (order) =>
      closeOrder(order, {
        status: 'CANCELLED',
        at: toIso(deps.now()),
        reason: `${order.assetId} was delisted.`,
      }),
    )
  } catch (error) {
    if (error instanceof OrderClosed) return undefined
    throw error
  }
}
