import { toIso } from '@cnop/kit/clock'
import type { SeenPrice } from '@cnop/quotes/seen-prices'
import type { Deps } from '../deps.ts'
import { triggered, triggers } from '../domain/open-order.ts'
import type { Order } from '../domain/order.ts'
import { OrderClosed, triggerWrites } from '../store/order-writes.ts'
import { changeOrder } from './finish-order.ts'

/**
 * Triggers a stop order by a price that the market has shown, once whichever process sees it. No money moves: the order keeps its hold
 * and goes on as a market or a limit order. Undefined when the price does not trigger it, or when it has ended.
 */
export async function triggerOrder(
  deps: Deps,
  known: Order,
  seen: SeenPrice,
): Promise<Order | undefined> {
  try {
    return await changeOrder(deps, { known, name: 'trigger', writes: triggerWrites }, (order) => {
      const nowMs = deps.now()
      if (!triggers(order, seen, nowMs)) return undefined
      return { order: triggered(order, seen, toIso(nowMs)), entry: undefined }
    })
  } catch (error) {
    if (error instanceof OrderClosed) return undefined
    throw error
  }
}
