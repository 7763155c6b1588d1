import { STATUS_CODES } from 'node:http'
import { systemClock, toIso } from '@cnop/kit/clock'
import type { Log } from '@cnop/kit/log'
import type { ErrorCode } from '@cnop/schema/codes'
import type { NextFunction, Request, Response } from 'express'
import { retryAfterOf, toRefusal } from '../errors/refusal.ts'
import { statusOf } from '../errors/status.ts'
import { contextOf } from '../edge/request-context.ts'
import { type FieldError, FieldsRefused } from './field-errors.ts'

/** Codes of the old gateway, which its clients depend on; other refusals have the platform's code. */
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

/** Legacy clients do not handle 504 and 502. */
const restStatuses: Partial<Record<ErrorCode, number>> = {
  TIMEOUT: 503,
  SUBGRAPH_ANSWER_TOO_LARGE: 503,
}

/** `Retry-After` of a 503 without one. */
const patienceSeconds = 1

/** A refusal whose status differs from that of its code elsewhere. */
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

function describe(error: unknown, log: Log): Failure {
  if (error instanceof FieldsRefused) {
    const { message, errors } = error
    return { code: 'BAD_USER_INPUT', status: 422, message, detail: errors }
  }
  if (error instanceof RestRefusal) {
    const { code, status, message, retryAfterSeconds } = error
    return { code, status, message, detail: message, retryAfterSeconds }
  }
  const refusal = toRefusal(error, log)
  const { code, message } = refusal
  const retryAfterSeconds = retryAfterOf(refusal)
  return { code, status: restStatusOf(code), message, detail: message, retryAfterSeconds }
}

const numberOf = (response: Response, header: string): number =>
  parseInt(String(response.getHeader(header) ?? '0'), 10)

/** The fields of the old rate limiter beside the code. */
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

/** The last handler below `/api`: turns the failure of any stage into a problem. */
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
  const { requestId, log } = contextOf(response)
  const failure = describe(error, log)
  const { code, status, detail } = failure
  // A command that may have taken effect must not be retried automatically, so there is no `Retry-After`.
  const isRepeatable = status === 503 && code !== 'OUTCOME_UNKNOWN'
  const wait = failure.retryAfterSeconds ?? (isRepeatable ? patienceSeconds : undefined)
  if (wait !== undefined) response.setHeader('Retry-After', String(wait))
  const problem = toProblem(failure, request, requestId)
  const limit = code === 'RATE_LIMITED' ? describeLimit(response, wait ?? patienceSeconds) : {}
  response
    .status(status)
    .setHeader('Cache-Control', 'no-store')
    .type(typeof detail === 'string' ? 'application/problem+json' : 'application/json')
    .send(JSON.stringify({ ...problem, ...limit }))
}
