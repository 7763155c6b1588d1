/** A change in per cent with four decimal places, for display only; undefined when there is nothing to compare with. */
export function percentChange(now: bigint, before: bigint | undefined): number | undefined {
  if (before === undefined || before <= 0n) return undefined
  return percentOf(now - before, before)
}

/** What share of the whole a part is, in per cent with four decimal places, for display only. */
export function percentOf(part: bigint, whole: bigint): number {
  if (whole === 0n) return 0
  const ratio = roundedRatio(part * 1_000_000n, whole)
  return parseInt(ratio.toString(), 10) / 10_000
}

/** Divides to the nearest whole number, halves away from zero. */
function roundedRatio(dividend: bigint, divisor: bigint): bigint {
  const isNegative = dividend < 0n !== divisor < 0n
  const [above, below] = [dividend < 0n ? -dividend : dividend, divisor < 0n ? -divisor : divisor]
  const rounded = (above * 2n + below) / (below * 2n)
  return isNegative ? -rounded : rounded
}
