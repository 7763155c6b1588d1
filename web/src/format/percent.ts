import { locale } from './locale.ts'

export type Direction = 'up' | 'down' | 'flat'

/** A change that is displayed as zero is flat. */
export function directionOf(percent: number): Direction {
  const shown = percent.toFixed(2)
  if (shown === '0.00' || shown === '-0.00') return 'flat'
  return percent > 0 ? 'up' : 'down'
}

const grouped = new Intl.NumberFormat(locale, {
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
})

/** 2.5 → "2.50%", without a sign. */
export const formatPercent = (percent: number): string => `${grouped.format(Math.abs(percent))}%`

/** A share of a whole: a part is never shown as all of it, nor as nothing. */
export const formatShare = (percent: number): string =>
  formatPercent(percent > 0 && percent < 100 ? Math.min(Math.max(percent, 0.01), 99.99) : percent)

const signs: Readonly<Record<Direction, string>> = { up: '+', down: '−', flat: '' }

/** 2.5 → "+2.50%". */
export const formatSignedPercent = (percent: number): string =>
  `${signs[directionOf(percent)]}${formatPercent(percent)}`
