import { STATUS_CODES } from 'node:http'
import { systemClock, toIso } from '@cnop/kit/clock'
import { DomainError } from '@cnop/kit/errors'
import type { ErrorCode } from '@cnop/schema/codes'
import type { NextFunction, Request, Response } from 'express'
import { Refusal } from '../errors/refusal.ts'
import { statusOf } from '../errors/status.ts'
import { exchangeOf } from '../edge/request-context.ts'
import { type FieldError, FieldsRefused } from './field-errors.ts'

/** The codes of the old gateway, which its clients switch on; every other refusal carries the platform's own code. */
const gatewayCodes: Partial<Record<ErrorCode, string>> = {
  UNAUTHENTICATED: 'AUTH_001',
  SESSION_ENDED: 'AUTH_001',
  IP_BLOCKED: 'AUTH_004',
  FORBIDDEN: 'PERM_001',
  BAD_REQUEST: 'SVC_001',
  NOT_FOUND: 'SVC_001',
  SUBGRAPH_UNAVAILABLE: 'SVC_001',
  SUBGRAPH_ANSWER_TOO_LARGE: 'SVC_001',
  STORE_UNAVAILABLE: 'SVC_001',
  TIMEOUT: 'SVC_001',
  OVERLOADED: 'SVC_001',
}

/** A service that does not answer in time was 503 to legacy clients, who know neither 504 nor 502. */
const restStatuses: Partial<Record<ErrorCode, number>> = {
  TIMEOUT: 503,
  SUBGRAPH_ANSWER_TOO_LARGE: 503,
}

/** How long to wait after a 503 that says nothing about it. */
const patienceSeconds = 1

/** A refusal whose status is another than its code has elsewhere. */
export class RestRefusal extends Error {
  override readonly name = 'RestRefusal'
  readonly code: ErrorCode
  readonly status: number
  readonly retryAfterSeconds: number | undefined

  constructor(code: ErrorCode, message: string, status: number, retryAfterSeconds?: number) {
    super(message)
    this.code = code
    this.status = status
    this.retryAfterSeconds = retryAfterSeconds
  }
}

interface Failure {
  readonly code: ErrorCode
  readonly status: number
  readonly message: string
  readonly detail: string | readonly FieldError[]
  readonly retryAfterSeconds?: number | undefined
}

export const restStatusOf = (code: ErrorCode): number => restStatuses[code] ?? statusOf[code]

const tooLarge = 'entity.too.large'

/** What a library of the pipeline throws: the body parser, or express for a path that cannot be decoded. */
function readForeign(error: unknown): Refusal | undefined {
  if (error instanceof URIError) return new Refusal('BAD_REQUEST', 'The path is not well formed.')
  const type = (error as { type?: unknown } | null)?.type
  if (typeof type !== 'string') return undefined
  return type === tooLarge
    ? new Refusal('REQUEST_TOO_LARGE')
    : new Refusal('BAD_REQUEST', 'The request body cannot be read.')
}

function describe(error: unknown): Failure | undefined {
  if (error instanceof FieldsRefused) {
    const { message, errors } = error
    return { code: 'BAD_USER_INPUT', status: 422, message, detail: errors }
  }
  if (error instanceof RestRefusal) {
    const { code, status, message, retryAfterSeconds } = error
    return { code, status, message, detail: message, retryAfterSeconds }
  }
  const refusal = error instanceof DomainError ? error : readForeign(error)
  if (!refusal) return undefined
  const { code, message } = refusal
  const retryAfterSeconds = refusal instanceof Refusal ? refusal.retryAfterSeconds : undefined
  return { code, status: restStatusOf(code), message, detail: message, retryAfterSeconds }
}

const unexpected: Failure = {
  code: 'INTERNAL',
  status: 500,
  message: 'Something broke on our side. Please quote the request id.',
  detail: 'Something broke on our side. Please quote the request id.',
}

const numberOf = (response: Response, header: string): number =>
  parseInt(String(response.getHeader(header) ?? '0'), 10)

/** What the old rate limiter said beside the code. */
const describeLimit = (response: Response, retryAfterSeconds: number) => ({
  retry_after: retryAfterSeconds,
  limit: numberOf(response, 'X-RateLimit-Limit'),
  remaining: numberOf(response, 'X-RateLimit-Remaining'),
  reset_time: numberOf(response, 'X-RateLimit-Reset'),
})

/** One object with the members of RFC 9457 and those that legacy clients read. */
function toProblem(
  { code, status, message, detail }: Failure,
  request: Request,
  requestId: string,
) {
  const legacyCode = gatewayCodes[code] ?? code
  return {
    type: `urn:cnop:problem:${code.toLowerCase().replaceAll('_', '-')}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    instance: request.originalUrl.split('?')[0],
    error: legacyCode,
    code: legacyCode,
    message,
    timestamp: toIso(systemClock()),
    request_id: requestId,
  }
}

/** The last handler below `/api`: every failure, of whatever stage, becomes a problem. */
export function respondWithProblem(
  error: unknown,
  request: Request,
  response: Response,
  next: NextFunction,
): void {
  if (response.headersSent) {
    next(error)
    return
  }
  const { requestId, log } = exchangeOf(response)
  const failure = describe(error) ?? unexpected
  if (failure === unexpected) log.error({ action: 'request.failed', error }, 'A request broke.')
  const { code, status, detail } = failure
  const wait = failure.retryAfterSeconds ?? (status === 503 ? patienceSeconds : undefined)
  if (wait !== undefined) response.setHeader('Retry-After', String(wait))
  const problem = toProblem(failure, request, requestId)
  const limit = code === 'RATE_LIMITED' ? describeLimit(response, wait ?? patienceSeconds) : {}
  response
    .status(status)
    .setHeader('Cache-Control', 'no-store')
    .type(typeof detail === 'string' ? 'application/problem+json' : 'application/json')
    .send(JSON.stringify({ ...problem, ...limit }))
}
