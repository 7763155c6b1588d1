import {
  displayPrice,
  formatPrice as plainPrice,
  formatQuantity as plainQuantity,
  formatUsd,
  parsePrice,
  parseQuantity,
  parseUsd,
} from '@cnop/kit/money'
import { decimalSign, groupSign, locale } from './locale.ts'

const minus = '−'

const group = (whole: string): string => whole.replace(/\B(?=(\d{3})+$)/g, groupSign)

function groupDecimal(text: string): { sign: string; digits: string } {
  const isNegative = text.startsWith('-')
  const [whole = '0', fraction] = (isNegative ? text.slice(1) : text).split('.')
  return {
    sign: isNegative ? minus : '',
    digits: fraction === undefined ? group(whole) : `${group(whole)}${decimalSign}${fraction}`,
  }
}

/** "1250.5" → "$1,250.50"; exact for any size. */
export function formatMoney(text: string): string {
  const { sign, digits } = groupDecimal(formatUsd(parseUsd(text)))
  return `${sign}$${digits}`
}

/** The same with a plus sign for gains. */
export function formatSignedMoney(text: string): string {
  const value = parseUsd(text)
  return value > 0n ? `+${formatMoney(text)}` : formatMoney(text)
}

/** A market price as plain text in the precision in which it is shown, for a field. */
export const displayedPrice = (text: string): string => displayPrice(parsePrice(text))

/** A market price, with the decimals that its size needs. */
export function formatPrice(text: string): string {
  const { sign, digits } = groupDecimal(displayedPrice(text))
  return `${sign}$${digits}`
}

/** A price that a user set, with all its decimals and at least two: "99999.125" → "$99,999.125". */
export function formatExactPrice(text: string): string {
  const { sign, digits } = groupDecimal(plainPrice(parsePrice(text)))
  const [whole = '', fraction = ''] = digits.split(decimalSign)
  return `${sign}$${whole}${decimalSign}${fraction.padEnd(2, '0')}`
}

/** A price that something waits for: as it was set, or as a market price where it was computed, such as from a percentage. */
export const formatAwaitedPrice = (text: string, isComputed: boolean): string =>
  isComputed ? formatPrice(text) : formatExactPrice(text)

/** "1234.50000000" → "1,234.5". */
export function formatQuantity(text: string): string {
  const { sign, digits } = groupDecimal(plainQuantity(parseQuantity(text)))
  return sign + digits
}

export function formatSignedQuantity(text: string): string {
  return parseQuantity(text) > 0n ? `+${formatQuantity(text)}` : formatQuantity(text)
}

/** Always two decimals, so that the figures of a column, such as "$1.20T" and "$1.23T", compare at a glance. */
const compact = {
  notation: 'compact',
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
  useGrouping: true,
} as const

const compactMoney = new Intl.NumberFormat(locale, {
  ...compact,
  style: 'currency',
  currency: 'USD',
  currencyDisplay: 'narrowSymbol',
})

const compactQuantity = new Intl.NumberFormat(locale, compact)

/** "1234567890.00" → "$1.23B"; for figures where only the size matters. */
export const formatCompactMoney = (text: string): string => compactMoney.format(Number(text))

export const formatCompactQuantity = (text: string): string => compactQuantity.format(Number(text))

/** The sign of a decimal string: -1, 0 or 1. */
export function signOf(text: string): -1 | 0 | 1 {
  if (!/[1-9]/.test(text)) return 0
  return text.startsWith('-') ? -1 : 1
}
