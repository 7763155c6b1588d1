import { toIso } from '@cnop/kit/clock'
import type { Deps } from '../deps.ts'
import type { Order } from '../domain/order.ts'
import { follow, type Stretch } from '../domain/trigger.ts'
import { OrderClosed, triggerWrites } from '../store/order-writes.ts'
import { changeOrder } from './finish-order.ts'

/**
 * Triggers a stop order by what the market has shown, or moves the stop of a trailing order, once whichever process sees it. No money moves:
 * the order keeps its hold, and goes on as a market or a limit order when it was triggered. Undefined when nothing changes, or
 * when it has ended.
 */
export async function followMarket(
  deps: Deps,
  known: Order,
  seen: readonly Stretch[],
): Promise<Order | undefined> {
  const decide = (order: Order): Order | undefined => {
    const nowMs = deps.now()
    const next = follow(order, seen, { nowMs, at: toIso(nowMs) })
    return next === order ? undefined : next
  }
  const expected = decide(known)
  if (!expected) return undefined
  const change =
    expected.triggeredAt === undefined
      ? ({ name: 'trail', step: String(expected.bestPrice) } as const)
      : ({ name: 'trigger' } as const)
  try {
    return await changeOrder(deps, { known, ...change, writes: triggerWrites }, (order) => {
      const next = decide(order)
      return next && { order: next, entry: undefined }
    })
  } catch (error) {
    if (error instanceof OrderClosed) return undefined
    throw error
  }
}
