import { BadInput } from '@cnop/kit/errors'
import { checkTicker } from '@cnop/quotes/quote'
import type { OrderFilter } from '../generated/resolvers.ts'
import type { Order } from './order.ts'

const mostAssets = 250

/** Refuses what is no ticker, and more of them than the whole market has assets. */
export function checkFilter({ assetId, assetIds }: OrderFilter): void {
  if (assetIds && assetIds.length > mostAssets) {
    throw new BadInput('filter.assetIds', `must have at most ${mostAssets} entries`)
  }
  if (assetId != null) checkTicker(assetId, 'filter.assetId')
  for (const each of assetIds ?? []) checkTicker(each, 'filter.assetIds')
}

type Wanted<Value> = readonly Value[] | null | undefined

const isAmong = <Value>(value: Value, wanted: Wanted<Value>): boolean =>
  wanted == null || wanted.includes(value)

const isOne = <Value>(value: Value, wanted: Value | null | undefined): boolean =>
  wanted == null || value === wanted

/** An absent or null field does not filter. */
export function passes(
  order: Order,
  { statuses, side, type, types, assetId, assetIds }: OrderFilter,
): boolean {
  return (
    isAmong(order.status, statuses) &&
    isOne(order.side, side) &&
    isOne(order.type, type) &&
    isAmong(order.type, types) &&
    isOne(order.assetId, assetId?.toUpperCase()) &&
    isAmong(
      order.assetId,
      assetIds?.map((id) => id.toUpperCase()),
    )
  )
}

export const isUnfiltered = ({
  statuses,
  side,
  type,
  types,
  assetId,
  assetIds,
}: OrderFilter): boolean =>
  [statuses, side, type, types, assetId, assetIds].every((field) => field == null)
