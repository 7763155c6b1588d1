import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { performance } from 'node:perf_hooks'
import type { Activity } from '@cnop/kit/activity'
import { internalHeaders } from '@cnop/kit/identity'
import { type Log, maskAddress } from '@cnop/kit/log'
import cors from 'cors'
import type { NextFunction, Request, RequestHandler, Response } from 'express'
import { json } from 'express'
import helmet from 'helmet'
import { clientClosedRequest, onceAnswered, whenClientLeaves } from './answered.ts'
import { withoutMark } from '../engine/call/reply.ts'
import { hasLongNumber, parseJson } from '../engine/data.ts'
import type { RecordEvent } from '../audit/event.ts'
import { noteAdminAccess } from '../audit/note-event.ts'
import { Refusal, unsupportedBody } from '../errors/refusal.ts'
import { type RequestContext, contextOf } from './request-context.ts'
import type { FindClientIp } from '../guard/client-ip.ts'
import { limitHeaders } from '../guard/count-request.ts'
import { checkJson, refuseOtherThanUtf8, refuseRepeatedMember } from '../guard/json-body.ts'
import { bearerToken } from '../auth/token.ts'
import type { Authenticate } from '../auth/authenticate.ts'
import type { FindEndpoint } from './metrics.ts'

const requestIdForm = /^[A-Za-z0-9_.:-]{8,64}$/

/** Accepts a well-formed request id or makes one, and returns it with every response. Strips internal headers. */
export function assignRequestId(log: Log, deadlineMs: number, audit: RecordEvent): RequestHandler {
  return (request, response, next) => {
    let clientLeft: AbortSignal | undefined
    for (const name of internalHeaders) Reflect.deleteProperty(request.headers, name)
    const given = request.headers['x-request-id']
    const requestId =
      typeof given === 'string' && requestIdForm.test(given) ? given : `req-${randomUUID()}`
    const startedAt = performance.now()
    const context: RequestContext = {
      requestId,
      startedAt,
      deadlineAt: startedAt + deadlineMs,
      clientLeft: () => (clientLeft ??= whenClientLeaves(response)),
      log: log.child({ request_id: requestId }),
      audit,
      clientIp: '',
      userAgent: request.headers['user-agent'],
      actor: undefined,
      isDeveloper: false,
      operationName: undefined,
      fetches: [],
      limitsHit: [],
    }
    response.locals['context'] = context
    response.setHeader('X-Request-ID', requestId)
    next()
  }
}

const watchers = ['/health', '/metrics']

/** What rests while nobody uses the process catches up first. Those who only watch the process do not use it. */
export function wakeProcess(activity: Pick<Activity, 'wake'>): RequestHandler {
  return async ({ path }, _response, next) => {
    if (!watchers.includes(path)) await activity.wake()
    next()
  }
}

/** The client behind the configured proxies. */
export function assignClientIp(findClientIp: FindClientIp): RequestHandler {
  return (request, response, next) => {
    const context = contextOf(response)
    context.clientIp = findClientIp(
      request.socket.remoteAddress ?? '',
      request.headers['x-forwarded-for'] as string | undefined,
    )
    context.log = context.log.child({ client_ip: maskAddress(context.clientIp) })
    next()
  }
}

/** Allows listed origins only, and sets helmet's security headers. */
export function checkOrigin(allowedOrigins: readonly string[]): RequestHandler[] {
  return [
    helmet({ contentSecurityPolicy: false, strictTransportSecurity: false }),
    cors({
      origin: [...allowedOrigins],
      credentials: true,
      maxAge: 600,
      exposedHeaders: ['X-Request-ID', ...limitHeaders],
    }),
  ]
}

const jsonTypes = ['application/json', 'application/graphql+json']

/**
 * Parses a JSON body up to a size; integers that no double holds become bigints, since two keys must not become one. Forms
 * and plain text, which other origins can send without preflight, are not read.
 */
export function readBody(maxBytes: number): RequestHandler {
  const texts = new WeakMap<IncomingMessage, string>()
  const read = json({
    limit: maxBytes,
    // Each endpoint says which JSON it takes.
    strict: false,
    type: jsonTypes,
    verify: (request, _response, bytes) => {
      refuseOtherThanUtf8(bytes)
      refuseRepeatedMember(bytes)
      const text = withoutMark(bytes).toString('utf8')
      if (hasLongNumber(text)) texts.set(request, text)
    },
  })
  return (request, response, next) => {
    read(request, response, (error?: unknown) => {
      // A request without a body, which has no length either, is read like one of length 0.
      if (request.body === undefined) request.body = {}
      const fault = error ?? findUnfit(request.body)
      const text = texts.get(request)
      if (text !== undefined && fault === undefined) request.body = parseJson(text)
      next(fault)
    })
  }
}

function findUnfit(body: unknown): unknown {
  try {
    checkJson(body)
    return undefined
  } catch (refusal) {
    return refusal
  }
}

/** Verifies the bearer token, if there is one. An invalid token is refused everywhere but where sessions are ended. */
export function verifyToken(authenticate: Authenticate): RequestHandler {
  return async (request, response, next) => {
    const token = bearerToken(request.headers.authorization)
    if (token !== undefined && request.headers.authorization !== '') {
      const context = contextOf(response)
      try {
        const { actor, expiresAtMs } = await authenticate(token, context)
        context.actor = actor
        context.tokenExpiresAtMs = expiresAtMs
      } catch (error) {
        if (!context.toleratesBadToken || !(error instanceof Refusal)) throw error
        context.tokenRefusal = error
      }
    }
    next()
  }
}

/** An administrator's token in a second header allows free text and introspection for one request. */
export function verifyDeveloper(authenticate: Authenticate): RequestHandler {
  return async (request, response, next) => {
    const token = request.headers['x-developer-token']
    if (token !== undefined) {
      const context = contextOf(response)
      const { actor } = await authenticate(typeof token === 'string' ? token : null, context)
      noteAdminAccess(context, actor, 'developer token')
      if (actor.role !== 'admin') throw new Refusal('FORBIDDEN')
      context.isDeveloper = true
    }
    next()
  }
}

/** Logs one line for each response. It names the route, since the path itself may contain anything. */
export function logAnswers(findEndpoint: FindEndpoint): RequestHandler {
  return (request, response, next) => {
    onceAnswered(response, (status) => {
      logAnswer(request, response, status, findEndpoint)
    })
    next()
  }
}

function logAnswer(
  request: Request,
  response: Response,
  status: number,
  findEndpoint: FindEndpoint,
): void {
  const context = contextOf(response)
  // A stream logs its start and its end.
  if (context.api === 'stream') return
  // 503 is a refusal: of a full, draining or waiting platform.
  const isFault = status >= 500 && status !== 503
  const level = isFault ? 'error' : status >= 400 ? 'warn' : 'info'
  context.log[level](
    {
      action: 'request.answered',
      user: context.actor?.username,
      duration_ms: Math.round(performance.now() - context.startedAt),
      extra: {
        method: request.method,
        endpoint: findEndpoint(request, response),
        operation: context.operationName,
        status,
        subgraph_calls: context.fetches.length,
      },
    },
    status === clientClosedRequest ? 'The client closed the request.' : 'Request answered.',
  )
}

/** Whether the header says JSON, whether or not there is a body. */
function declaresJson({ headers }: Request): boolean {
  const [type = ''] = (headers['content-type'] ?? '').split(';')
  return jsonTypes.includes(type.trim().toLowerCase())
}

/** Refuses a body that is not JSON. Other origins can send forms and plain text without a preflight. */
export function refuseSimpleRequests(
  request: Request,
  _response: Response,
  next: NextFunction,
): void {
  const isSafe =
    request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS'
  // Other methods always need a preflight, so they may come without a body.
  const isEmpty = request.method !== 'POST' && request.headers['content-type'] === undefined
  if (!isSafe && !isEmpty && !declaresJson(request)) {
    throw unsupportedBody('content-type', 'must be application/json')
  }
  next()
}

/** Headers that a page of another origin cannot set without a preflight. */
const preflightHeaders = ['apollo-require-preflight', 'x-apollo-operation-name']

/** Refuses a query in an address that a page of another origin could make a browser ask for, as an image. */
export function refuseSimpleQueries(
  request: Request,
  _response: Response,
  next: NextFunction,
): void {
  const { method, headers } = request
  const isQuery = method === 'GET' || method === 'HEAD'
  if (isQuery && !declaresJson(request) && !preflightHeaders.some((name) => headers[name])) {
    const message = 'Send a query in an address with the header apollo-require-preflight: true.'
    throw new Refusal('CSRF_REFUSED', message)
  }
  next()
}
