import {
  type Price,
  priceFromUnits,
  priceScale,
  type Quantity,
  quantityFromUnits,
  quantityScale,
  type Usd,
  usdScale,
} from '@cnop/kit/money'
import { boundedUsd } from '../domain/asset.ts'

const decimal = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d{1,3}))?$/i

/** More digits than any figure may have, so that an absurd one costs no time either. */
const maxDigits = 24

/**
 * A JSON number in units of 10^-scale, cut off where the scale ends. The shortest text of a double is what the sender
 * wrote, so that no digit is made up. Undefined for what is no number or has too many digits.
 */
export function unitsOf(value: unknown, scale: number): bigint | undefined {
  const text =
    typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : ''
  const match = text.length <= 64 ? decimal.exec(text) : null
  if (!match) return undefined
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  const digits = (whole + fraction).replace(/^0+(?=\d)/, '')
  const units = shiftDigits(digits, scale - fraction.length + parseInt(exponent, 10))
  return sign === '-' && units !== undefined ? -units : units
}

/** Digits times 10^shift; undefined when that has more digits than any figure may have. */
function shiftDigits(digits: string, shift: number): bigint | undefined {
  if (digits === '0') return 0n
  if (digits.length + shift > maxDigits) return undefined
  const shifted = shift >= 0 ? digits + '0'.repeat(shift) : digits.slice(0, shift)
  return BigInt(shifted === '' ? '0' : shifted)
}

/** A price above zero; feeds write zero for what they do not know. */
export function positivePrice(value: unknown): Price | undefined {
  const units = unitsOf(value, priceScale)
  return units !== undefined && units > 0n ? priceFromUnits(units) : undefined
}

export function positiveQuantity(value: unknown): Quantity | undefined {
  const units = unitsOf(value, quantityScale)
  return units !== undefined && units > 0n ? quantityFromUnits(units) : undefined
}

export function positiveUsd(value: unknown): Usd | undefined {
  const units = unitsOf(value, usdScale)
  return units !== undefined && units > 0n ? boundedUsd(units) : undefined
}

const percentScale = 6
const wholePercent = 100n * 10n ** 6n

/** The price before a change in per cent; undefined when all of it was lost, or more. */
export function priceBefore(price: Price | undefined, percent: unknown): Price | undefined {
  const change = unitsOf(percent, percentScale)
  if (price === undefined || change === undefined || change <= -wholePercent) return undefined
  const before = (price * wholePercent) / (wholePercent + change)
  return before > 0n ? priceFromUnits(before) : undefined
}
