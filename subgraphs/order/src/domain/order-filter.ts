import type { Order, OrderSide, OrderStatus, OrderType } from './order.ts'

/** Which orders a list shows; what is absent lets everything through. */
export interface OrderFilter {
  readonly statuses?: readonly OrderStatus[] | null | undefined
  readonly side?: OrderSide | null | undefined
  readonly type?: OrderType | null | undefined
  readonly assetId?: string | null | undefined
}

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
