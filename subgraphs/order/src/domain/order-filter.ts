import { BadInput } from '@cnop/kit/errors'
import { checkTicker } from '@cnop/quotes/quote'
import type { OrderFilter } from '../generated/resolvers.ts'
import { filledOf, type Order } from './order.ts'

const mostAssets = 250

/** Refuses what is no ticker, and more of them than the whole market has assets. */
export function checkFilter({ assetId, assetIds }: OrderFilter): void {
  if (assetIds && assetIds.length > mostAssets) {
    throw new BadInput('filter.assetIds', `must have at most ${mostAssets} entries`)
  }
  if (assetId != null) checkTicker(assetId, 'filter.assetId')
  for (const each of assetIds ?? []) checkTicker(each, 'filter.assetIds')
}

/** What a list shows of a user's orders. */
export type OrderChoice = OrderFilter & {
  /** Only those of which anything has filled, however they ended. */
  readonly hasFilled?: boolean
}

type Wanted<Value> = readonly Value[] | null | undefined

const isAmong = <Value>(value: Value, wanted: Wanted<Value>): boolean =>
  wanted == null || wanted.includes(value)

const isOne = <Value>(value: Value, wanted: Value | null | undefined): boolean =>
  wanted == null || value === wanted

const isTraded = (order: Order, isWanted: boolean | undefined): boolean =>
  !isWanted || filledOf(order) > 0n

/** An absent or null field does not filter. */
export function passes(
  order: Order,
  { statuses, side, type, types, assetId, assetIds, hasFilled }: OrderChoice,
): boolean {
  return (
    isTraded(order, hasFilled) &&
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
  hasFilled,
}: OrderChoice): boolean =>
  [statuses, side, type, types, assetId, assetIds, hasFilled].every((field) => field == null)
