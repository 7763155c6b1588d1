import type { z } from 'zod'

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

function explain(issue: Issue): Meaning {
  if (issue.code === 'custom') return explainCustom(issue)
  if (issue.input === undefined) return { type: 'missing', msg: 'Field required' }
  if (issue.code === 'invalid_type') return explainType(issue)
  if (issue.code === 'invalid_value') return explainValue(issue)
  if (issue.code === 'too_small' || issue.code === 'too_big') return explainSize(issue)
  return { type: 'value_error', msg: issue.message, ctx: { reason: issue.message } }
}

/** The value of a refused field. A secret is never returned; a missing field is represented by its parent. */
function shownInput(issue: Issue, isMissing: boolean, whole: unknown): unknown {
  if (issue.path.some((step) => secretNames.has(String(step)))) return null
  if (!isMissing) return issue.input ?? null
  return hidesSecrets(whole) ? whole : null
}

const secretNames: ReadonlySet<string> = new Set(['password', 'phrase'])

const hidesSecrets = (whole: unknown): boolean =>
  typeof whole === 'object' &&
  whole !== null &&
  !Object.keys(whole).some((name) => secretNames.has(name))

/** Parses one part of a request with its schema, and collects all problems. */
export function readPart<Value>(
  schema: z.ZodType<Value>,
  part: InputPart,
  input: unknown,
): { value: Value; errors?: undefined } | { value?: undefined; errors: readonly FieldError[] } {
  const parsed = schema.safeParse(input, { reportInput: true })
  if (parsed.success) return { value: parsed.data }
  const errors = parsed.error.issues.map((issue) => {
    const { type, msg, ctx } = explain(issue)
    const loc = [part, ...issue.path.map((step) => (typeof step === 'symbol' ? '' : step))]
    return {
      type,
      loc,
      msg,
      input: shownInput(issue, type === 'missing', input),
      ...(ctx && { ctx }),
    }
  })
  return { errors }
}
