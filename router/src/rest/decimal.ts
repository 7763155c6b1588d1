import { z } from 'zod'

const form = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,3}))?$/i
const longestText = 64

interface Parts {
  readonly isNegative: boolean
  readonly digits: string
  /** The position of the decimal point among the digits; may lie outside of them. */
  readonly point: number
}

function split(text: string): Parts | undefined {
  const match = text.length <= longestText ? form.exec(text) : null
  if (!match) return undefined
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  const digits = whole + fraction
  if (digits === '') return undefined
  return { isNegative: sign === '-', digits, point: whole.length + parseInt(exponent, 10) }
}

/**
 * Writes any number that the contract accepts, exponents included, as plain decimal text without needless zeros.
 * Undefined for anything else.
 */
export function plainDecimal(value: unknown): string | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined
  const parts = split(String(value).trim())
  if (!parts) return undefined
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
  if (typeof value === 'string') return ['decimal_parsing', 'Input should be a valid decimal', {}]
  return ['decimal_type', 'Decimal input should be a number or a string', {}]
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
  const [, fraction = ''] = plain.split('.')
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
