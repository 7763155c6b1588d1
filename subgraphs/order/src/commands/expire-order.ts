import { toIso } from '@cnop/kit/clock'
import type { Deps } from '../deps.ts'
import { closeOrder, isDue } from '../domain/open-order.ts'
import { isOpen, type Order } from '../domain/order.ts'
import { OrderClosed } from '../store/order-writes.ts'
import { type OrderAddress, readOrder } from '../store/orders.ts'
import { finishOrder } from './finish-order.ts'

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
