import { DomainError } from '@cnop/kit/errors'
import type { ErrorCode } from '@cnop/schema/codes'
import type { NextFunction, Request, Response } from 'express'
import { type Exchange, exchangeOf } from './request-context.ts'
import { Refusal } from '../errors/refusal.ts'
import { statusOf } from '../errors/status.ts'

/** What the body parser and the router of paths throw: perhaps a type, and a status that they would like. */
interface ParserFailure {
  readonly type?: unknown
  readonly status?: unknown
}

const parserCodes: Readonly<Record<string, ErrorCode>> = {
  'entity.too.large': 'REQUEST_TOO_LARGE',
  'entity.parse.failed': 'BAD_REQUEST',
  'encoding.unsupported': 'BAD_REQUEST',
  'charset.unsupported': 'BAD_REQUEST',
  'request.aborted': 'BAD_REQUEST',
  'request.size.invalid': 'BAD_REQUEST',
}

/** The code of a failure to read the request: a packed body that is damaged, a path that cannot be decoded. */
function parserCode(error: unknown): ErrorCode | undefined {
  const { type, status } = (error ?? {}) as ParserFailure
  const known = typeof type === 'string' ? parserCodes[type] : undefined
  const isCallersFault = typeof status === 'number' && status >= 400 && status < 500
  return known ?? (isCallersFault ? 'BAD_REQUEST' : undefined)
}

function toRefusal(error: unknown): DomainError | undefined {
  if (error instanceof DomainError) return error
  const code = parserCode(error)
  if (!code) return undefined
  return new Refusal(
    code,
    code === 'BAD_REQUEST' ? 'The request is not well-formed, or its body is not JSON.' : undefined,
  )
}

interface Failure {
  readonly code: ErrorCode
  readonly message: string
  readonly details?: Readonly<Record<string, string>>
  readonly retryAfterSeconds?: number | undefined
}

function describe(error: unknown, exchange: Exchange): Failure {
  const refusal = toRefusal(error)
  if (!refusal) {
    exchange.log.error({ action: 'request.failed', error }, 'A request broke.')
    return {
      code: 'INTERNAL',
      message: 'Something broke on our side. Please quote the request id.',
    }
  }
  const { code, message, details } = refusal
  const retryAfterSeconds = refusal instanceof Refusal ? refusal.retryAfterSeconds : undefined
  return { code, message, retryAfterSeconds, ...(Object.keys(details).length > 0 && { details }) }
}

/** Where a failure is told as GraphQL tells it. */
const graphqlPaths = new Set(['/graphql', '/stream'])

/** The last handler: every failure of a stage becomes one coded answer in the shape of the door it came through. */
export function respondToFailure(
  error: unknown,
  request: Request,
  response: Response,
  next: NextFunction,
): void {
  if (response.headersSent) {
    next(error)
    return
  }
  const exchange = exchangeOf(response)
  const { message, retryAfterSeconds, ...known } = describe(error, exchange)
  const extensions = { ...known, requestId: exchange.requestId }
  if (retryAfterSeconds !== undefined) response.setHeader('Retry-After', String(retryAfterSeconds))
  response.status(statusOf[known.code])
  response.json(
    graphqlPaths.has(request.path)
      ? { errors: [{ message, extensions }] }
      : { message, ...extensions },
  )
}
