import { toIso } from '@cnop/kit/clock'
import type { Deps } from '../deps.ts'
import { fillOrder, meets } from '../domain/open-order.ts'
import type { Order } from '../domain/order.ts'
import type { MarketQuote } from '../domain/order-rules.ts'
import { OrderClosed } from '../store/order-writes.ts'
import { finishOrder } from './finish-order.ts'

/** Fills an open order at the quote, if it still waits and the quote meets it; undefined when there was nothing to fill. */
export async function fillAt(
  deps: Deps,
  known: Order,
  quote: MarketQuote,
): Promise<Order | undefined> {
  try {
    return await finishOrder(deps, { known, name: 'fill' }, (order) => {
      const nowMs = deps.now()
      return meets(order, quote, nowMs) ? fillOrder(order, quote, toIso(nowMs)) : undefined
    })
  } catch (error) {
    if (error instanceof OrderClosed) return undefined
    throw error
  }
}
