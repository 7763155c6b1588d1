import type { OrderFilter } from '../generated/resolvers.ts'
import type { Order } from './order.ts'

/** An absent or null field does not filter. */
export function passes(
  order: Order,
  { statuses, side, type, types, assetId }: OrderFilter,
): boolean {
  return (
    (statuses == null || statuses.includes(order.status)) &&
    (side == null || order.side === side) &&
    (type == null || order.type === type) &&
    (types == null || types.includes(order.type)) &&
    (assetId == null || order.assetId === assetId.toUpperCase())
  )
}

export const isUnfiltered = ({ statuses, side, type, types, assetId }: OrderFilter): boolean =>
  [statuses, side, type, types, assetId].every((field) => field == null)
