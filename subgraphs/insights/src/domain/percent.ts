/** Percentages are for display only: they never return to the ledger. */
export type Percent = number

/** A share or a change in percent, rounded to a tenth away from zero at the half. */
export function percentOf(part: bigint, whole: bigint): Percent {
  if (whole === 0n) return 0
  const size = part < 0n ? -part : part
  const tenths = (size * 2000n + whole) / (whole * 2n)
  if (tenths === 0n) return 0
  return (part < 0n ? -1 : 1) * (Number(tenths) / 10)
}

/** "62.4%"; the sign of a loss is left to the sentence around it. */
export const formatPercent = (percent: Percent): string => `${Math.abs(percent).toFixed(1)}%`

/** "+5.2%" or "-3.1%". */
export const formatChange = (percent: Percent): string =>
  `${percent < 0 ? '-' : '+'}${formatPercent(percent)}`
