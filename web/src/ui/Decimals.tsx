import { decimalSign } from '../format/locale.ts'

/** The number of digits after the decimal sign of a formatted number. */
export const decimalsOf = (text: string): number => text.split(decimalSign)[1]?.length ?? 0

/** Further decimals would leave most of a column of prices empty. */
const mostDecimals = 6

/** The decimals for which a column of formatted prices has room. */
export const roomFor = (prices: readonly string[]): number =>
  Math.min(mostDecimals, roomForAll(prices))

/** The decimals for which a column of formatted quantities has room: all of them. */
export const roomForAll = (quantities: readonly string[]): number =>
  Math.max(0, ...quantities.map(decimalsOf))

/** The width of the decimals that a number at the right edge has fewer than `decimals`: decimal signs are below each other. */
export function Decimals({ text, decimals }: { text: string; decimals: number }) {
  const missing = decimals - decimalsOf(text)
  if (missing <= 0) return null
  const zeros = '0'.repeat(missing)
  const isWhole = !text.includes(decimalSign)
  return <span className="numeric decimals" data-zeros={isWhole ? decimalSign + zeros : zeros} />
}
