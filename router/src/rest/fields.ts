import { parseDate, parseInstant } from '@cnop/kit/instant'
import { z } from 'zod'
import { decimalField } from './decimal.ts'

/** A violated rule of a text, in the contract's list form. */
const broken = (type: string, reason: string) => ({
  error: reason,
  params: { type, ctx: { reason } },
})

const lengthOf = (text: string): number => Array.from(text.normalize('NFC')).length

/** Text whose length is counted in characters: code points of Unicode form NFC, as people see them. */
const textOf = (min: number, max: number) =>
  z
    .string()
    .refine((text) => lengthOf(text) >= min, {
      error: `String should have at least ${min} characters`,
      params: { type: 'string_too_short', ctx: { min_length: min } },
    })
    .refine((text) => lengthOf(text) <= max, {
      error: `String should have at most ${max} characters`,
      params: { type: 'string_too_long', ctx: { max_length: max } },
    })

/** The older system had passwords of at most 20 characters; longer ones, set elsewhere, may sign in. */
const password = (max: 20 | 128, description: string): z.ZodType<string> =>
  textOf(12, max)
    .refine(
      (text) => /[A-Z]/.test(text),
      broken('value_error', 'must contain an upper-case letter'),
    )
    .refine((text) => /[a-z]/.test(text), broken('value_error', 'must contain a lower-case letter'))
    .refine((text) => /[0-9]/.test(text), broken('value_error', 'must contain a digit'))
    .refine(
      (text) => /[!@#$%^&*()\-_=+.]/.test(text),
      broken('value_error', 'must contain one of !@#$%^&*()-_=+.'),
    )
    .meta({ minLength: 12, maxLength: max, description, examples: ['Correct-Horse-26'] })

const username = z
  .string()
  .min(6)
  .max(30)
  .regex(/^\w*$/, 'must be letters, digits or underscores')
  .meta({ description: 'In any case; stored in lower case.', examples: ['ada_lovelace'] })

const personName = (description: string) =>
  textOf(1, 50).meta({ minLength: 1, maxLength: 50, description, examples: ['Ada'] })

const midnight = /T00:00(?::00(?:\.0+)?)?Z?$/

/** Whether a parser of kit accepts a text. */
function isReadable(parse: (text: string) => unknown, text: string): boolean {
  try {
    parse(text)
    return true
  } catch {
    return false
  }
}

const birthDate = z
  .string()
  .transform((text) => text.replace(midnight, ''))
  .refine(
    (text) => isReadable(parseDate, text),
    broken('date_from_datetime_parsing', 'must be a date such as 1985-06-15'),
  )
  .meta({ type: 'string', format: 'date', description: 'Between 13 and 120 years ago.' })

const email = z
  .string()
  .min(1)
  .max(254)
  .meta({ examples: ['ada@example.com'] })
/** The contract removes everything else; markup is kept, so that it is refused. */
const notOfPhone = /[^\p{Nd}<>]/gu
/** Nothing is no number; markup is refused by the service. */
const phoneDigits = /^(?:\p{Nd}{10,15}|.*[<>].*|)$/u
const phone = z
  .string()
  .max(40)
  .transform((text) => text.replaceAll(notOfPhone, ''))
  .refine(
    (digits) => phoneDigits.test(digits),
    broken('value_error', 'must have 10 to 15 digits; other characters are removed'),
  )
  .meta({ description: '10 to 15 digits; other characters are removed.' })

const words: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  ...(['1', 'true', 'yes', 'on', 't', 'y', 1, true] as const).map((word) => [word, true] as const),
  ...(['0', 'false', 'no', 'off', 'f', 'n', 0, false] as const).map(
    (word) => [word, false] as const,
  ),
])

/** A flag in any spelling of the contract; null is invalid. */
function flagField(fallback: boolean, description: string): z.ZodType<boolean> {
  return z
    .unknown()
    .optional()
    .transform((value, context) => {
      if (value === undefined) return fallback
      const flag = words.get(typeof value === 'string' ? value.toLowerCase() : value)
      if (flag !== undefined) return flag
      const message = 'Input should be a valid boolean'
      context.issues.push({
        code: 'custom',
        message,
        input: value,
        params: { type: 'bool_parsing' },
      })
      return z.NEVER
    })
    .meta({ type: 'boolean', default: fallback, description })
}

const wholeNumber = /^\s*[+-]?\d{1,15}\s*$/

interface WholeRule {
  readonly fallback: number
  readonly min?: number
  readonly max?: number
  readonly description: string
}

type Broken = readonly [type: string, message: string, context?: Record<string, number>]

function findBroken(number: number | undefined, { min, max }: WholeRule): Broken | undefined {
  if (number === undefined) return ['int_parsing', 'Input should be a valid integer']
  if (min !== undefined && number < min)
    return ['greater_than_equal', `Input should be greater than or equal to ${min}`, { ge: min }]
  if (max !== undefined && number > max)
    return ['less_than_equal', `Input should be less than or equal to ${max}`, { le: max }]
  return undefined
}

/** An integer of the query string; an empty one counts as absent. */
function wholeField(rule: WholeRule): z.ZodType<number> {
  const { fallback, min, max, description } = rule
  return z
    .unknown()
    .optional()
    .transform((value, context) => {
      if (value === undefined) return fallback
      const isWhole = typeof value === 'string' && wholeNumber.test(value)
      const number = isWhole ? parseInt(value, 10) : undefined
      const failure = findBroken(number, rule)
      if (number !== undefined && !failure) return number
      const [type, message, ctx] = failure ?? ['int_parsing', 'Input should be a valid integer']
      context.issues.push({ code: 'custom', message, input: value, params: { type, ctx } })
      return z.NEVER
    })
    .meta({
      type: 'integer',
      default: fallback,
      description,
      ...(min !== undefined && { minimum: min }),
      ...(max !== undefined && { maximum: max }),
    })
}

const instant = z
  .string()
  .max(64)
  .refine(
    (text) => isReadable(parseInstant, text),
    broken('datetime_parsing', 'must be an instant such as 2026-01-31T09:15:00Z'),
  )

const ticker = /^[A-Z0-9]{1,10}$/

/** A ticker in any case, with blanks around it; converted to upper case. */
const assetId = z
  .string()
  .transform((text) => text.trim().toUpperCase())
  .refine((text) => ticker.test(text), broken('value_error', 'must be 1 to 10 letters or digits'))
  .meta({
    type: 'string',
    description: 'A ticker of 1 to 10 letters or digits, in any case.',
    examples: ['BTC'],
  })

const orderId = z.string().regex(/^\w{10,50}$/, 'must be 10 to 50 letters, digits or underscores')

export const field = {
  username,
  password,
  personName,
  birthDate,
  email,
  phone,
  flag: flagField,
  whole: wholeField,
  assetId,
  orderId,
  instant,
  amount: decimalField({
    description: 'US dollars: more than 0, at most 1,000,000, two decimals.',
    places: 2,
    atMost: '1000000',
  }),
  quantity: decimalField({
    description: 'How much of the asset: at least 0.001, or the whole holding when it is sold.',
    places: 8,
    example: '0.001',
  }),
  price: decimalField({
    description: 'US dollars per unit: more than 0, at most 1,000,000.',
    places: 12,
    atMost: '1000000',
  }),
} as const

/** Parts of answers, as the contract writes them. */
export const value = {
  money: z
    .string()
    .regex(/^-?\d+\.\d{2}$/)
    .meta({ description: 'US dollars with two decimals.' }),
  quantity: z.string().regex(/^\d+(?:\.\d{1,8})?$/),
  price: z.string().regex(/^\d+(?:\.\d{1,12})?$/),
  time: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/)
    .meta({ format: 'date-time', description: 'RFC 3339 in UTC.' }),
} as const
