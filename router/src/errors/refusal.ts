import { type ErrorCode, errorCodes, isErrorCode } from '@cnop/schema/codes'
import { DomainError } from '@cnop/kit/errors'
import type { Log } from '@cnop/kit/log'
import type { GraphQLFormattedError } from 'graphql'

/** A refusal of the router: its code implies the HTTP status; its message says what the caller can do. */
export class Refusal extends DomainError {
  override readonly name = 'Refusal'
  readonly code: ErrorCode
  readonly retryAfterSeconds: number | undefined

  constructor(
    code: ErrorCode,
    message: string = errorCodes[code],
    options: { details?: Record<string, string>; retryAfterSeconds?: number } = {},
  ) {
    super(message, options.details)
    this.code = code
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}

/** The refusal that an error of a result stands for. */
export function refusalOf({ message, extensions }: GraphQLFormattedError): Refusal {
  const { code, details } = extensions ?? {}
  const given = (details ?? {}) as Record<string, string>
  const wait = parseInt(given['retryAfterSeconds'] ?? '', 10)
  return new Refusal(isErrorCode(code) ? code : 'INTERNAL', message, {
    details: given,
    ...(!Number.isNaN(wait) && { retryAfterSeconds: wait }),
  })
}

/** A body whose type, charset or encoding is not read. */
export const unsupportedBody = (field: string, reason: string): Refusal =>
  new Refusal('UNSUPPORTED_MEDIA_TYPE', `${field}: ${reason}`, { details: { field, reason } })

const malformedBody = (reason: string): Refusal =>
  new Refusal('BAD_REQUEST', `body: ${reason}`, { details: { field: 'body', reason } })

/** Refusals of the body parser that say what is wrong. */
const parserRefusals: Readonly<Record<string, () => Refusal>> = {
  'entity.parse.failed': () => malformedBody('must be JSON'),
}

const parserCodes: Readonly<Record<string, ErrorCode>> = {
  'entity.too.large': 'REQUEST_TOO_LARGE',
  'request.aborted': 'BAD_REQUEST',
  'request.size.invalid': 'BAD_REQUEST',
}

/** The code of an error of the body parser, or of express for a path that cannot be decoded. */
function parserCode(error: unknown, type: string): ErrorCode | undefined {
  const { status } = (error ?? {}) as { readonly status?: unknown }
  const isClientError = typeof status === 'number' && status >= 400 && status < 500
  return (
    parserCodes[type] ?? (isClientError || error instanceof URIError ? 'BAD_REQUEST' : undefined)
  )
}

function parserRefusal(error: unknown): Refusal | undefined {
  const { type } = (error ?? {}) as { readonly type?: unknown }
  const name = typeof type === 'string' ? type : ''
  const refusal = parserRefusals[name]?.()
  if (refusal) return refusal
  const code = parserCode(error, name)
  return code && new Refusal(code, code === 'BAD_REQUEST' ? malformed : undefined)
}

const malformed = 'The request is not well-formed.'

/** The public form of a failure: a domain error unchanged; any other is logged and becomes `INTERNAL`. */
export function toRefusal(error: unknown, log: Log): DomainError {
  if (error instanceof DomainError) return error
  const refusal = parserRefusal(error)
  if (refusal) return refusal
  log.error({ action: 'request.failed', error }, 'A request failed unexpectedly.')
  return new Refusal('INTERNAL', 'Something went wrong on our side. Please quote the request id.')
}

export const retryAfterOf = (refusal: DomainError): number | undefined =>
  refusal instanceof Refusal ? refusal.retryAfterSeconds : undefined
