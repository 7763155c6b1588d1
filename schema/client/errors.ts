import type { ErrorCode } from '../codes.ts'

/** A request that the platform refused, or that got no answer (`NETWORK`). */
export class PlatformError extends Error {
  override readonly name = 'PlatformError'
  readonly code: ErrorCode | 'NETWORK'
  /** The HTTP status; 0 without an answer. */
  readonly status: number
  /** What the code documents, for example `field` and `reason` of `BAD_USER_INPUT`. */
  readonly details: Readonly<Record<string, unknown>>
  /** Quote it when you ask for support. */
  readonly requestId: string | undefined
  readonly retryAfterSeconds: number | undefined
  /** The parts of the answer that did not fail. */
  readonly data: unknown

  constructor(
    message: string,
    fields: Omit<PlatformError, 'name' | 'message' | 'stack' | 'cause'>,
  ) {
    super(message)
    this.code = fields.code
    this.status = fields.status
    this.details = fields.details
    this.requestId = fields.requestId
    this.retryAfterSeconds = fields.retryAfterSeconds
    this.data = fields.data
  }
}

/** Codes of temporary failures. */
export const temporary: ReadonlySet<string> = new Set<ErrorCode | 'NETWORK'>([
  'NETWORK',
  'CONTENTION',
  'OUTCOME_UNKNOWN',
  'OVERLOADED',
  'RATE_LIMITED',
  'STORE_UNAVAILABLE',
  'SUBGRAPH_UNAVAILABLE',
  'TIMEOUT',
])

/** The body of an answer. */
export interface Body {
  readonly data?: Readonly<Record<string, unknown>> | null
  readonly errors?: readonly {
    readonly message: string
    readonly extensions?: Readonly<Record<string, unknown>>
  }[]
}

export function toError({ status, headers }: Response, { data, errors = [] }: Body): PlatformError {
  const { message = `The answer has status ${status}.`, extensions } = errors[0] ?? {}
  const { code = 'INTERNAL', details = {} } = extensions ?? {}
  const retryAfter = headers.get('retry-after')
  return new PlatformError(message, {
    code: code as ErrorCode,
    status,
    details: details as Readonly<Record<string, unknown>>,
    requestId: headers.get('x-request-id') ?? undefined,
    retryAfterSeconds: retryAfter === null ? undefined : Number(retryAfter),
    data: data ?? undefined,
  })
}

export function toNetworkError(cause: unknown): PlatformError {
  const error = new PlatformError('The platform did not answer.', {
    code: 'NETWORK',
    status: 0,
    details: {},
    requestId: undefined,
    retryAfterSeconds: undefined,
    data: undefined,
  })
  error.cause = cause
  return error
}
