import { BadInput } from './errors.ts'

declare const unit: unique symbol

/** US dollars in cents. */
export type Usd = bigint & { readonly [unit]: 'usd' }
/** An amount of an asset in 1e-8 units. */
export type Quantity = bigint & { readonly [unit]: 'quantity' }
/** US dollars per unit of an asset, in 1e-12 dollars. */
export type Price = bigint & { readonly [unit]: 'price' }

export const usdScale = 2
export const quantityScale = 8
export const priceScale = 12

/** Values stay below this many digits, so that every product fits DynamoDB's 38 digits. */
export const maxDigits = 24

const decimal = /^(-?)(\d+)(?:\.(\d+))?$/

/** Parses a decimal string exactly; more decimal places than the scale are refused, never rounded. */
export function parseDecimal(text: string, scale: number, field: string): bigint {
  const match = decimal.exec(text)
  if (!match) throw new BadInput(field, 'must be a decimal number such as "12.5"')
  const [, sign = '', whole = '', fraction = ''] = match
  if (fraction.length > scale) throw new BadInput(field, `has more than ${scale} decimal places`)
  if (whole.replace(/^0+/, '').length > maxDigits - scale) throw new BadInput(field, 'is too large')
  const value = BigInt(whole + fraction.padEnd(scale, '0'))
  return sign ? -value : value
}

export function parseUsd(text: string, field = 'amount'): Usd {
  return parseDecimal(text, usdScale, field) as Usd
}

export function parseQuantity(text: string, field = 'quantity'): Quantity {
  return parseDecimal(text, quantityScale, field) as Quantity
}

export function parsePrice(text: string, field = 'price'): Price {
  return parseDecimal(text, priceScale, field) as Price
}

/** Short constructors for literals in code and tests: `usd('12.50')`. */
export const usd = (text: string): Usd => parseUsd(text)
export const quantity = (text: string): Quantity => parseQuantity(text)
export const price = (text: string): Price => parsePrice(text)

/** Brands integers in the smallest unit, such as stored values and sums. */
export const usdFromCents = (cents: bigint): Usd => cents as Usd
export const quantityFromUnits = (units: bigint): Quantity => units as Quantity
export const priceFromUnits = (units: bigint): Price => units as Price

export const zeroUsd = usdFromCents(0n)
export const zeroQuantity = quantityFromUnits(0n)

export const addUsd = (a: Usd, b: Usd): Usd => (a + b) as Usd
export const subtractUsd = (a: Usd, b: Usd): Usd => (a - b) as Usd
export const addQuantity = (a: Quantity, b: Quantity): Quantity => (a + b) as Quantity
export const subtractQuantity = (a: Quantity, b: Quantity): Quantity => (a - b) as Quantity

export type Rounding = 'up' | 'down'

/** Divides and rounds away from zero ('up') or toward zero ('down'). The divisor is positive. */
export function divide(dividend: bigint, divisor: bigint, round: Rounding): bigint {
  const whole = dividend / divisor
  const isExact = whole * divisor === dividend
  if (isExact || round === 'down') return whole
  return dividend > 0n ? whole + 1n : whole - 1n
}

/** A price times a quantity, divided by this, is cents. */
export const notionalDivisor = 10n ** BigInt(priceScale + quantityScale - usdScale)

/** The value of a quantity at a price. The only place where money is rounded: buys round up, sales round down. */
export function notional(at: Price, amount: Quantity, options: { round: Rounding }): Usd {
  return divide(at * amount, notionalDivisor, options.round) as Usd
}

/** The price per unit that a cost amounts to, rounded down; zero for no quantity. */
export function averagePrice(cost: Usd, amount: Quantity): Price {
  return (amount === 0n ? 0n : (cost * notionalDivisor) / amount) as Price
}

/** A share of a cost basis, in proportion to the quantity. */
export function proportion(total: Usd, part: Quantity, whole: Quantity): Usd {
  return (part === whole ? total : (total * part) / whole) as Usd
}

function formatScaled(
  value: bigint,
  scale: number,
): { sign: string; whole: string; fraction: string } {
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0')
  return {
    sign: value < 0n ? '-' : '',
    whole: digits.slice(0, -scale),
    fraction: digits.slice(-scale),
  }
}

/** Always two decimals: "12.50". */
export function formatUsd(value: Usd): string {
  const { sign, whole, fraction } = formatScaled(value, usdScale)
  return `${sign}${whole}.${fraction}`
}

function formatTrimmed(value: bigint, scale: number): string {
  const { sign, whole, fraction } = formatScaled(value, scale)
  const trimmed = fraction.replace(/0+$/, '')
  return trimmed ? `${sign}${whole}.${trimmed}` : `${sign}${whole}`
}

/** Without trailing zeros: "0.015". */
export const formatQuantity = (value: Quantity): string => formatTrimmed(value, quantityScale)
/** Without trailing zeros: "64000.1". */
export const formatPrice = (value: Price): string => formatTrimmed(value, priceScale)

const significantDigits = 4

/** The decimals of a price with so many digits before its decimal point; zeros behind the point count negatively. */
function decimalsFor(wholeDigits: number): number {
  if (wholeDigits > 2) return 2
  return Math.min(significantDigits - Math.min(wholeDigits, 0), priceScale)
}

/**
 * A price for people, without a sign of the currency: two decimals from 100 dollars up, four from one dollar up, below it
 * four significant digits, so that sub-cent prices stay readable. Rounds half up, average costs too.
 */
export function displayPrice(value: Price): string {
  const digits = value.toString().replace('-', '')
  const decimals = value === 0n ? 2 : decimalsFor(digits.length - priceScale)
  const unit = 10n ** BigInt(priceScale - decimals)
  const rounded = ((BigInt(digits) + unit / 2n) / unit).toString().padStart(decimals + 1, '0')
  return `${value < 0n ? '-' : ''}${rounded.slice(0, -decimals)}.${rounded.slice(-decimals)}`
}
