import {
  addUsd,
  notional,
  type Price,
  type Quantity,
  subtractUsd,
  type Usd,
  zeroUsd,
} from '@cnop/kit/money'
import { percentChange, percentOf } from '@cnop/quotes/percent'

/** The quantity of an asset that a user holds. */
export interface Position {
  readonly assetId: string
  readonly quantity: Quantity
}

/** Prices by ticker. */
export type Prices = ReadonlyMap<string, Price>

export interface ValueChange {
  readonly amount: Usd
  /** What the percentage is of. */
  readonly base: Usd
  readonly percent: number
}

export interface AllocationSlice {
  readonly assetId: string
  readonly value: Usd
  readonly percent: number
}

/** What a quantity would bring if it were sold now: rounded down, as a sale is. */
export const marketValue = (price: Price, quantity: Quantity): Usd =>
  notional(price, quantity, { round: 'down' })

/** The value of every position; undefined when one has no price, because a partial sum would be wrong. */
function valuePositions(
  positions: readonly Position[],
  prices: Prices,
): readonly (Position & { readonly value: Usd })[] | undefined {
  const valued = positions.flatMap((position) => {
    const price = prices.get(position.assetId)
    return price === undefined
      ? []
      : [{ ...position, value: marketValue(price, position.quantity) }]
  })
  return valued.length === positions.length ? valued : undefined
}

const total = (values: readonly Usd[]): Usd => values.reduce(addUsd, zeroUsd)

export function assetsValue(positions: readonly Position[], prices: Prices): Usd | undefined {
  const valued = valuePositions(positions, prices)
  return valued && total(valued.map(({ value }) => value))
}

/** The difference of two values; nothing to compare with is no change in per cent. */
export function changeOf(now: Usd, before: Usd): ValueChange {
  const amount = subtractUsd(now, before)
  return { amount, base: before, percent: percentChange(now, before) ?? 0 }
}

/** How cash and positions share in the total, the largest first; what is worth nothing has no share. */
export function allocation(
  cash: Usd,
  positions: readonly Position[],
  prices: Prices,
): readonly AllocationSlice[] | undefined {
  const valued = valuePositions(positions, prices)
  if (!valued) return undefined
  const parts = [{ assetId: 'USD', value: cash }, ...valued].filter(({ value }) => value > 0n)
  const whole = total(parts.map(({ value }) => value))
  return parts
    .map(({ assetId, value }) => ({ assetId, value, percent: percentOf(value, whole) }))
    .sort((a, b) => (a.value === b.value ? 0 : a.value > b.value ? -1 : 1))
}
