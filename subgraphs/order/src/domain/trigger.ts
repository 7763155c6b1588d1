import type { Price } from '@cnop/kit/money'
import type { SeenPrice } from '@cnop/quotes/seen-prices'
import { isDue } from './fill-order.ts'
import { isOpen, type Order } from './order.ts'
import { pendingStop } from './stop.ts'
import { isStopReached, trailed } from './trail.ts'

/** What the market showed in a stretch of time, in an order that is certain; one tick is a stretch of its own. */
export interface Stretch {
  readonly prices: readonly Price[]
  /** ISO instants: the first and the last moment that the prices may be of. */
  readonly from: string
  readonly until: string
}

/** Whether a price triggers a stop order: it is open and waits for its stop price, which a later price than that of its placement reaches. */
export function triggers(order: Order, { price, quotedAt }: SeenPrice, nowMs: number): boolean {
  const { side, judgedAt = order.createdAt } = order
  const stopPrice = pendingStop(order)
  if (!isOpen(order) || stopPrice === undefined || isDue(order, nowMs)) return false
  return quotedAt > judgedAt && isStopReached(side, stopPrice, price)
}

/** A stop order from its trigger on. It keeps its hold, and fills as a market or a limit order. */
export const triggered = (order: Order, { price }: SeenPrice, at: string): Order => ({
  ...order,
  triggeredAt: at,
  triggerPrice: price,
  updatedAt: at,
})

/**
 * A stop order after what the market showed since it was judged: triggered, or with a stop that has moved; the order itself, unchanged, when
 * neither. A stretch that began before the order was judged says nothing about it.
 */
export function follow(
  order: Order,
  seen: readonly Stretch[],
  { nowMs, at }: { readonly nowMs: number; readonly at: string },
): Order {
  if (!isOpen(order) || isDue(order, nowMs)) return order
  let next = order
  for (const { prices, from, until } of seen) {
    const { judgedAt = order.createdAt } = next
    if (from <= judgedAt) continue
    for (const price of prices) {
      const stop = pendingStop(next)
      if (stop === undefined) return next
      if (isStopReached(next.side, stop, price))
        return triggered(next, { price, quotedAt: from }, at)
      next = trailed(next, price, until)
    }
  }
  return next
}
