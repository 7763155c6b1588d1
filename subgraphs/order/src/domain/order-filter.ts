import type { OrderFilter } from '../generated/resolvers.ts'
import type { Order } from './order.ts'

/** An absent or null field does not filter. */
export function passes(order: Order, { statuses, side, type, assetId }: OrderFilter): boolean {
  return (
    (statuses == null || statuses.includes(order.status)) &&
    (side == null || order.side === side) &&
    (type == null || order.type === type) &&
    (assetId == null || order.assetId === assetId.toUpperCase())
  )
}

export const isUnfiltered = ({ statuses, side, type, assetId }: OrderFilter): boolean =>
  statuses == null && side == null && type == null && assetId == null
