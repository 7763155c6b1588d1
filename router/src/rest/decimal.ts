import { maxDigits } from '@cnop/kit/money'
import { z } from 'zod'

/**
 * As `kit/money` reads amounts: ASCII digits, a minus sign, a point between digits. The contract adds the exponent. What else
 * other parsers take, such as "+1", ".5" and blanks, is refused here as it is by GraphQL.
 */
const form = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i
const mostDigits = 64
/** Beyond every bound, whatever the digits are. */
const farthestPoint = 1_000

const asSent = Symbol('a number as it was sent')

/** A JSON number that no double holds exactly: neither text nor any other number. */
export interface LongNumber {
  readonly [asSent]: string
  readonly toJSON: () => string
}

export const longNumber = (text: string): LongNumber => ({ [asSent]: text, toJSON: () => text })

const isLongNumber = (value: unknown): value is LongNumber =>
  typeof value === 'object' && value !== null && asSent in value

/** The text of what the contract takes as an amount, be it well-formed or not. */
function textOf(value: unknown): string | undefined {
  if (isLongNumber(value)) return value[asSent]
  return typeof value === 'number' || typeof value === 'string' ? String(value) : undefined
}

interface Parts {
  readonly isNegative: boolean
  readonly digits: string
  /** The position of the decimal point among the digits; may lie outside of them. */
  readonly point: number
}

function split(text: string): Parts | undefined {
  const match = form.exec(text)
  if (!match) return undefined
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  const shift = Math.max(-farthestPoint, Math.min(farthestPoint, parseInt(exponent, 10)))
  return { isNegative: sign === '-', digits: whole + fraction, point: whole.length + shift }
}

/**
 * Writes any number that the contract accepts, exponents included, as plain decimal text without needless zeros.
 * Undefined for anything else, and for more digits than any amount has.
 */
export function plainDecimal(value: unknown): string | undefined {
  const parts = split(textOf(value) ?? '')
  if (!parts || parts.digits.length > mostDigits) return undefined
  const { isNegative, digits, point } = parts
  const before = Math.max(0, point)
  const whole =
    digits
      .slice(0, before)
      .padEnd(before, '0')
      .replace(/^0+(?=.)/, '') || '0'
  const fraction = `${'0'.repeat(Math.max(0, -point))}${digits.slice(before)}`.replace(/0+$/, '')
  const plain = fraction === '' ? whole : `${whole}.${fraction}`
  return isNegative && plain !== '0' ? `-${plain}` : plain
}

/** Whether a number of valid JSON is another one as a double, or none. */
export function isLong(token: string): boolean {
  const held = plainDecimal(Number(token))
  return held === undefined || held !== plainDecimal(token)
}

/** Compares two plain, non-negative decimals. */
export function isMoreThan(a: string, b: string): boolean {
  const [wholeA = '', fractionA = ''] = a.split('.')
  const [wholeB = '', fractionB = ''] = b.split('.')
  if (wholeA.length !== wholeB.length) return wholeA.length > wholeB.length
  if (wholeA !== wholeB) return wholeA > wholeB
  const width = Math.max(fractionA.length, fractionB.length)
  return fractionA.padEnd(width, '0') > fractionB.padEnd(width, '0')
}

interface DecimalRule {
  readonly description: string
  /** The most decimal places. */
  readonly places: number
  readonly atMost?: string
  readonly example?: string
}

type Broken = readonly [type: string, message: string, context: Record<string, unknown>]

function refuseType(value: unknown): Broken {
  if (value === undefined) return ['missing', 'Field required', {}]
  const text = textOf(value)
  if (text === undefined)
    return ['decimal_type', 'Decimal input should be a number or a string', {}]
  if (!form.test(text)) return ['decimal_parsing', 'Input should be a valid decimal', {}]
  const message = `Decimal input should have no more than ${mostDigits} digits in total`
  return ['decimal_max_digits', message, { max_digits: mostDigits }]
}

/** The message of the list form for a number below the minimum. */
export const belowLeast = (least: string): Broken => [
  'greater_than_equal',
  `Input should be greater than or equal to ${least}`,
  { ge: Number(least) },
]

function findBroken(plain: string, { places, atMost }: DecimalRule): Broken | undefined {
  if (plain === '0' || plain.startsWith('-')) {
    return ['greater_than', 'Input should be greater than 0', { gt: 0 }]
  }
  if (atMost !== undefined && isMoreThan(plain, atMost)) {
    const message = `Input should be less than or equal to ${atMost}`
    return ['less_than_equal', message, { le: Number(atMost) }]
  }
  const [whole = '', fraction = ''] = plain.split('.')
  const wholeDigits = maxDigits - places
  if (whole.length > wholeDigits) {
    const message = `Decimal input should have no more than ${wholeDigits} digits before the decimal point`
    return ['decimal_whole_digits', message, { whole_digits: wholeDigits }]
  }
  if (fraction.length <= places) return undefined
  const message = `Input should have no more than ${places} decimal places`
  return ['decimal_max_places', message, { decimal_places: places }]
}

/** A positive amount: a JSON number or numeric text in the request, plain decimal text after parsing. */
export function decimalField(rule: DecimalRule): z.ZodType<string> {
  const { description } = rule
  return z
    .unknown()
    .transform((value, context) => {
      const plain = plainDecimal(value)
      const broken = plain === undefined ? refuseType(value) : findBroken(plain, rule)
      if (plain !== undefined && !broken) return plain
      const [type, message, bounds] = broken ?? refuseType(value)
      context.issues.push({ code: 'custom', message, input: value, params: { type, ctx: bounds } })
      return z.NEVER
    })
    .meta({ type: ['number', 'string'], description, examples: [rule.example ?? '250.50'] })
}
