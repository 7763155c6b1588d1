import { z } from 'zod'

/** One failed field, in the list form that legacy clients read. */
export interface FieldError {
  readonly type: string
  readonly loc: readonly (string | number)[]
  readonly msg: string
  readonly input: unknown
  readonly ctx?: Readonly<Record<string, unknown>>
}

export type InputPart = 'path' | 'query' | 'body' | 'header'

/** Validation failed; carries all invalid fields. */
export class FieldsRefused extends Error {
  override readonly name = 'FieldsRefused'
  readonly errors: readonly FieldError[]

  constructor(errors: readonly FieldError[]) {
    super('Fields of the request break their rules.')
    this.errors = errors
  }
}

interface Meaning {
  readonly type: string
  readonly msg: string
  readonly ctx?: Readonly<Record<string, unknown>> | undefined
}

type Issue = z.core.$ZodIssue

const expectations: Readonly<Record<string, readonly [type: string, msg: string]>> = {
  string: ['string_type', 'Input should be a valid string'],
  object: ['model_attributes_type', 'Input should be a valid JSON object'],
}

function explainSize(issue: z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall): Meaning {
  if (issue.code === 'too_small') {
    const bound = Number(issue.minimum)
    return {
      type: 'string_too_short',
      msg: `String should have at least ${bound} characters`,
      ctx: { min_length: bound },
    }
  }
  const bound = Number(issue.maximum)
  return {
    type: 'string_too_long',
    msg: `String should have at most ${bound} characters`,
    ctx: { max_length: bound },
  }
}

interface CustomParams {
  readonly type?: string
  readonly ctx?: Readonly<Record<string, unknown>>
}

function explainCustom(issue: z.core.$ZodIssueCustom): Meaning {
  const { type = 'value_error', ctx } = (issue.params ?? {}) as CustomParams
  return { type, msg: issue.message, ctx }
}

function explainValue(issue: z.core.$ZodIssueInvalidValue): Meaning {
  const expected = issue.values.map((known) => `'${String(known)}'`).join(', ')
  return { type: 'enum', msg: `Input should be ${expected}`, ctx: { expected } }
}

function explainType(issue: z.core.$ZodIssueInvalidType): Meaning {
  const [type, msg] = expectations[issue.expected] ?? ['value_error', issue.message]
  return { type, msg }
}

const isMissing = ({ code, input }: Issue): boolean => code !== 'custom' && input === undefined

function explain(issue: Issue): Meaning {
  if (issue.code === 'custom') return explainCustom(issue)
  if (isMissing(issue)) return { type: 'missing', msg: 'Field required' }
  if (issue.code === 'invalid_type') return explainType(issue)
  if (issue.code === 'invalid_value') return explainValue(issue)
  if (issue.code === 'too_small' || issue.code === 'too_big') return explainSize(issue)
  return { type: 'value_error', msg: issue.message, ctx: { reason: issue.message } }
}

const secretNames: ReadonlySet<string> = new Set(['password', 'phrase'])

const hasSecret = (schema: z.ZodType): boolean =>
  schema instanceof z.ZodObject && Object.keys(schema.shape).some((name) => secretNames.has(name))

/**
 * The value of a refused field; a missing one is represented by its parent. Where a secret is expected, it may be anywhere: in a
 * body of another form, below another name, within another field. So only plain values of the other fields are returned there.
 */
function shownInput(issue: Issue, whole: unknown, isSecret: boolean): unknown {
  const shown = isMissing(issue) ? whole : issue.input
  if (!isSecret) return shown ?? null
  const isOfOther =
    issue.path.length > 0 && !issue.path.some((step) => secretNames.has(String(step)))
  return isOfOther && !isMissing(issue) && typeof shown !== 'object' ? (shown ?? null) : null
}

/** Parses one part of a request with its schema, and collects all problems. */
export function readPart<Value>(
  schema: z.ZodType<Value>,
  part: InputPart,
  input: unknown,
): { value: Value; errors?: undefined } | { value?: undefined; errors: readonly FieldError[] } {
  const parsed = schema.safeParse(input, { reportInput: true })
  if (parsed.success) return { value: parsed.data }
  const isSecret = hasSecret(schema)
  const errors = parsed.error.issues.map((issue) => {
    const { type, msg, ctx } = explain(issue)
    const loc = [part, ...issue.path.map((step) => (typeof step === 'symbol' ? '' : step))]
    return {
      type,
      loc,
      msg,
      input: shownInput(issue, input, isSecret),
      ...(ctx && { ctx }),
    }
  })
  return { errors }
}
