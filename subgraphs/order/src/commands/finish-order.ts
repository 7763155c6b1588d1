import { invariant } from '@cnop/kit/errors'
import { runCommand } from '@cnop/ledger/command'
import type { Deps } from '../deps.ts'
import type { OrderStep } from '../domain/open-order.ts'
import { isOpen, type Order } from '../domain/order.ts'
import { announceOrder } from '../events.ts'
import { orderKey } from '../store/keys.ts'
import { fromRecord, type OrderRecord, toRecord } from '../store/order-record.ts'
import { closeWrites, OrderClosed } from '../store/order-writes.ts'

/** Decides what becomes of an order that is open; undefined leaves it open. */
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
    // The attempt that lost the race returns the winner's answer, which the winner has announced.
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
  invariant(row !== undefined, 'An order that was seen does not vanish.')
  const order = fromRecord(row)
  if (!isOpen(order)) throw new OrderClosed(order)
  return order
}
