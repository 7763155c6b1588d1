import { toIso } from '@cnop/kit/clock'
import type { Deps } from '../deps.ts'
import { closeOrder } from '../domain/open-order.ts'
import type { Order } from '../domain/order.ts'
import { OrderClosed } from '../store/order-writes.ts'
import { finishOrder } from './finish-order.ts'

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
