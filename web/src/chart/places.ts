import type { OrderSide } from '../generated/graphql.ts'

/** A fill at the low or the high of its candle, in pixels. */
export type PlacedFill = {
  readonly x: number
  readonly y: number
  readonly side: OrderSide
  readonly count: number
}

/** Marks of one side that are nearer to each other than this would cover each other. */
const nearest = 30

/** Fills that are near each other share a mark with their number, at the first of them and clear of all their candles. */
export function shareNear(fills: readonly PlacedFill[]): readonly PlacedFill[] {
  const shared: PlacedFill[] = []
  for (const fill of fills.toSorted((one, other) => one.x - other.x)) {
    const place = shared.findLastIndex(({ side }) => side === fill.side)
    const before = shared[place]
    if (before && fill.x - before.x < nearest) {
      const extreme = fill.side === 'BUY' ? Math.max : Math.min
      const y = extreme(before.y, fill.y)
      shared[place] = { ...before, y, count: before.count + fill.count }
    } else shared.push(fill)
  }
  return shared
}

/** The height of a name with the space around it, in pixels. */
const nameHeight = 26

export type Place = { readonly top: number; readonly column: number }

/**
 * Where the names of lines stand that are at these heights: none covers another. Each is at its line, in the first column that
 * is free there, else as near to it as there is room; undefined where there is none left.
 */
export function placesOf(
  tops: readonly number[],
  room: { readonly highest: number; readonly lowest: number; readonly columns: number },
): readonly (Place | undefined)[] {
  const taken: Place[] = []
  const isFree = ({ top, column }: Place): boolean =>
    taken.every((one) => one.column !== column || Math.abs(one.top - top) >= nameHeight)
  return tops.map((wanted) => {
    const place = [wanted, ...taken.flatMap(({ top }) => [top - nameHeight, top + nameHeight])]
      .filter((top) => top >= room.highest && top <= room.lowest)
      .sort((one, other) => Math.abs(one - wanted) - Math.abs(other - wanted))
      .flatMap((top) => Array.from({ length: room.columns }, (_, column) => ({ top, column })))
      .find(isFree)
    if (place) taken.push(place)
    return place
  })
}
