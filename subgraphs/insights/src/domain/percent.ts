/** Percentages are for display only: they never return to the ledger. */
export type Percent = number

const allTenths = 1000n

/** A change in percent, rounded to a tenth away from zero at the half, but never up to all of the whole. */
export function percentOf(part: bigint, whole: bigint): Percent {
  if (whole === 0n) return 0
  const size = part < 0n ? -part : part
  const rounded = (size * 2n * allTenths + whole) / (whole * 2n)
  const tenths = rounded === allTenths && size < whole ? allTenths - 1n : rounded
  if (tenths === 0n) return 0
  return (part < 0n ? -1 : 1) * (Number(tenths) / 10)
}

/** A share in percent: what is there is never shown as nothing, and a part never as all. */
export const shareOf = (part: bigint, whole: bigint): Percent =>
  part > 0n ? Math.max(percentOf(part, whole), 0.1) : percentOf(part, whole)

/** "62.4%"; the sign of a loss is left to the sentence around it. */
export const formatPercent = (percent: Percent): string => `${Math.abs(percent).toFixed(1)}%`

/** "+5.2%" or "-3.1%". */
export const formatChange = (percent: Percent): string =>
  `${percent < 0 ? '-' : '+'}${formatPercent(percent)}`
