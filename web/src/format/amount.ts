import {
  formatPrice as plainPrice,
  formatQuantity as plainQuantity,
  formatUsd,
  parsePrice,
  parseQuantity,
  parseUsd,
  priceScale,
  quantityScale,
  usdScale,
} from '@cnop/kit/money'
import { i18n } from '../i18n.ts'
import { decimalSign, groupSign } from './locale.ts'
import { formatExactPrice } from './money.ts'

/** The unit of a field: US dollars, a quantity of an asset, a price per unit, or per cent. */
export type AmountUnit = 'USD' | 'QUANTITY' | 'PRICE' | 'PERCENT'

/** Whether an amount in this unit is one of US dollars. */
export const isMoney = (unit: AmountUnit): boolean => unit === 'USD' || unit === 'PRICE'

/**
 * A parsed amount. `plain` is the decimal string for the API; `problem` is the reason why there is none. An empty field
 * has neither.
 */
export type TypedAmount = { readonly plain?: string; readonly problem?: string }

const count = {
  scale: quantityScale,
  normalize: (plain: string) => plainQuantity(parseQuantity(plain)),
}

const units: Readonly<Record<AmountUnit, { scale: number; normalize: (plain: string) => string }>> =
  {
    USD: { scale: usdScale, normalize: (plain) => formatUsd(parseUsd(plain)) },
    QUANTITY: count,
    PERCENT: count,
    PRICE: { scale: priceScale, normalize: (plain) => plainPrice(parsePrice(plain)) },
  }

const example = `1${groupSign}250${decimalSign}50`
const expected = i18n.t('Write it as in {example}.', { example })
const separators = i18n.t(
  '“{groupSign}” only separates thousands and “{decimalSign}” starts the decimals, as in {example}.',
  { groupSign, decimalSign, example },
)

/** What a character that is no part of an amount is called; the first that matches. */
const strangers: readonly (readonly [RegExp, (character: string) => string])[] = [
  [/^\s$/, () => i18n.t('A space')],
  [/^[\p{C}\p{Z}\p{M}\p{Default_Ignorable_Code_Point}]$/u, () => i18n.t('An invisible character')],
  [/^[+＋]$/, () => i18n.t('A plus sign')],
  [/^[-−–—－]$/, () => i18n.t('A minus sign')],
  [/^\p{Sc}$/u, (character) => i18n.t('The currency sign “{character}”', { character })],
  [
    /^\p{Nd}$/u,
    (character) => i18n.t('“{character}”, which is none of the digits 0 to 9,', { character }),
  ],
  [/^\p{L}$/u, (character) => i18n.t('The letter “{character}”', { character })],
]

function nameOf(character: string): string {
  const [, name] = strangers.find(([kind]) => kind.test(character)) ?? []
  return name?.(character) ?? `“${character}”`
}

const foreign = new RegExp(`[^0-9${groupSign}${decimalSign}]`, 'u')

/** Whether there is at most one decimal sign, and only groups that the formatter would produce. */
function isWellSeparated(text: string): boolean {
  const [whole = '', fraction = '', ...more] = text.split(decimalSign)
  if (more.length > 0 || fraction.includes(groupSign)) return false
  const [first = '', ...rest] = whole.split(groupSign)
  if (rest.length === 0) return true
  return /^[1-9]\d{0,2}$/.test(first) && rest.every((group) => group.length === 3)
}

/** A sign, a letter or another character that is not part of an amount. */
function findStranger(text: string, unit: AmountUnit): string | undefined {
  if (/^[-−–—－]/.test(text)) {
    return i18n.t(
      'The {unit, select, QUANTITY {quantity} PRICE {price} other {amount}} must be above zero, without a minus sign.',
      { unit },
    )
  }
  const [exponent] = /(?<=^[\d.,]+)e[-+−]?\d+$/i.exec(text) ?? []
  if (exponent !== undefined) {
    return i18n.t(
      'An exponent, “{exponent}”, cannot be part of {unit, select, QUANTITY {a quantity} PRICE {a price} other {an amount}}. Write all digits.',
      { exponent, unit },
    )
  }
  const [stranger] = foreign.exec(text) ?? []
  if (stranger === undefined) return undefined
  return i18n.t(
    '{what} cannot be part of {unit, select, QUANTITY {a quantity} PRICE {a price} other {an amount}}. {expected}',
    { what: nameOf(stranger), unit, expected },
  )
}

function findWrongSeparator(text: string, unit: AmountUnit): string | undefined {
  const points = text.split(decimalSign).length - 1
  if (points > 1 && !text.includes(groupSign)) {
    return i18n.t(
      'Only one “{decimalSign}” can be part of {unit, select, QUANTITY {a quantity} PRICE {a price} other {an amount}}; this has {points}. {expected}',
      { decimalSign, unit, points, expected },
    )
  }
  return isWellSeparated(text) ? undefined : separators
}

function findFault(text: string, unit: AmountUnit): string | undefined {
  const { scale } = units[unit]
  const fault = findStranger(text, unit) ?? findWrongSeparator(text, unit)
  if (fault !== undefined) return fault
  const [whole, fraction = ''] = text.split(decimalSign)
  if (whole === '' && fraction === '')
    return i18n.t('There is no digit in this. {expected}', { expected })
  if (fraction.length > scale) {
    return i18n.t('At most {scale} decimal places; this has {count}.', {
      scale,
      count: fraction.length,
    })
  }
  return undefined
}

const atMost = (plain: string, highest: string | undefined): TypedAmount =>
  highest !== undefined && parsePrice(plain) > parsePrice(highest)
    ? { problem: i18n.t('At most {highest}.', { highest: formatExactPrice(highest) }) }
    : { plain }

/**
 * Parses a typed amount by the locale of the formatter. Accepts digits with or without correct groups, ".5", spaces
 * around the amount and, in dollars, the dollar sign that pasted amounts begin with. Refuses everything else, and never rounds. Amounts are above zero, and at most `highest`
 * US dollars.
 */
export function parseAmount(typed: string, unit: AmountUnit, highest?: string): TypedAmount {
  const trimmed = typed.trim()
  if (trimmed === '') return {}
  const text = isMoney(unit) ? trimmed.replace(/^\$/, '') : trimmed
  const fault = findFault(text, unit)
  if (fault !== undefined) return { problem: fault }
  const [whole = '', fraction = ''] = text.split(decimalSign)
  const digits = whole.replaceAll(groupSign, '').replace(/^0+/, '') || '0'
  const plain = fraction === '' ? digits : `${digits}.${fraction}`
  if (!/[1-9]/.test(plain)) {
    return {
      problem: i18n.t(
        'The {unit, select, QUANTITY {quantity} PRICE {price} other {amount}} must be above zero.',
        { unit },
      ),
    }
  }
  try {
    return atMost(units[unit].normalize(plain), highest)
  } catch {
    return {
      problem: i18n.t(
        'This {unit, select, QUANTITY {quantity} PRICE {price} other {amount}} is too large.',
        { unit },
      ),
    }
  }
}

/**
 * The reason why a form with this one amount cannot be sent, or null. The field shows the problem of the amount itself.
 */
export function reasonNotToSend(
  amount: TypedAmount,
  problem: string | null,
  unit: AmountUnit,
): string | null {
  if (amount.problem !== undefined || problem !== null) {
    return i18n.t(
      'Correct the {unit, select, QUANTITY {quantity} PRICE {price} other {amount}} above first.',
      { unit },
    )
  }
  return amount.plain === undefined
    ? i18n.t(
        'Enter {unit, select, QUANTITY {a quantity} PRICE {a price} other {an amount}} first.',
        { unit },
      )
    : null
}
