import { i18n } from '../i18n.ts'
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

/** A difference of two percentages, without a sign: 2.5 → "2.50 points". */
export const formatPoints = (points: number): string =>
  i18n.t('{points} points', { points: grouped.format(Math.abs(points)) })

/** A share of a whole: a part is never shown as all of it, nor as nothing. */
export const formatShare = (percent: number): string =>
  formatPercent(percent > 0 && percent < 100 ? Math.min(Math.max(percent, 0.01), 99.99) : percent)

/**
 * Shares to a hundredth of a percent that add up to what the exact ones do: those that lose most by being cut get what is
 * left over. A part is never nothing.
 */
export function roundShares(percents: readonly number[]): readonly number[] {
  const cut = percents.map((percent) => Math.max(Math.floor(percent * 100), percent > 0 ? 1 : 0))
  const whole = Math.round(percents.reduce((sum, percent) => sum + percent, 0) * 100)
  const left = whole - cut.reduce((sum, share) => sum + share, 0)
  const lossAt = (index: number) => (percents[index] ?? 0) * 100 - (cut[index] ?? 0)
  const raised = new Set(
    [...cut.keys()].sort((a, b) => lossAt(b) - lossAt(a)).slice(0, Math.max(left, 0)),
  )
  return cut.map((share, index) => (share + (raised.has(index) ? 1 : 0)) / 100)
}

const signs: Readonly<Record<Direction, string>> = { up: '+', down: '−', flat: '' }

/** 2.5 → "+2.50%". */
export const formatSignedPercent = (percent: number): string =>
  `${signs[directionOf(percent)]}${formatPercent(percent)}`
