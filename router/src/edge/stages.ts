import { randomUUID } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { internalHeaders } from '@cnop/kit/identity'
import type { Log } from '@cnop/kit/log'
import cors from 'cors'
import type { NextFunction, Request, RequestHandler, Response } from 'express'
import { json } from 'express'
import helmet from 'helmet'
import { clientClosedRequest, onceAnswered } from './answered.ts'
import type { RecordEvent } from '../audit/event.ts'
import { noteAdminAccess } from '../audit/note-event.ts'
import { Refusal } from '../errors/refusal.ts'
import { type Exchange, exchangeOf } from './request-context.ts'
import type { FindClientIp } from '../guard/client-ip.ts'
import { limitHeaders } from '../guard/count-request.ts'
import { refuseDeep } from '../guard/json-depth.ts'
import { bearerToken } from '../auth/token.ts'
import type { Authenticate } from '../auth/authenticate.ts'
import type { FindEndpoint } from './metrics.ts'

const requestIdForm = /^[A-Za-z0-9_.:-]{8,64}$/

/** Accepts a well-formed request id or makes one, and returns it on every answer. Strips what only the router may say. */
export function assignRequestId(log: Log, deadlineMs: number, audit: RecordEvent): RequestHandler {
  return (request, response, next) => {
    for (const name of internalHeaders) Reflect.deleteProperty(request.headers, name)
    const given = request.headers['x-request-id']
    const requestId =
      typeof given === 'string' && requestIdForm.test(given) ? given : `req-${randomUUID()}`
    const startedAt = performance.now()
    const exchange: Exchange = {
      requestId,
      startedAt,
      deadlineAt: startedAt + deadlineMs,
      log: log.child({ request_id: requestId }),
      audit,
      clientIp: '',
      userAgent: request.headers['user-agent'],
      actor: undefined,
      isDeveloper: false,
      operationName: undefined,
      fetches: [],
    }
    response.locals['exchange'] = exchange
    response.setHeader('X-Request-ID', requestId)
    next()
  }
}

/** The client behind the configured proxies. */
export function assignClientIp(findClientIp: FindClientIp): RequestHandler {
  return (request, response, next) => {
    exchangeOf(response).clientIp = findClientIp(
      request.socket.remoteAddress ?? '',
      request.headers['x-forwarded-for'] as string | undefined,
    )
    next()
  }
}

/** Other origins must be on the list; everything else about the browser's safety is helmet's. */
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

/** Reads a JSON body up to a size. A form or plain text, which a foreign page could send unasked, is never read. */
export function readBody(maxBytes: number): RequestHandler {
  const read = json({
    limit: maxBytes,
    strict: true,
    type: ['application/json', 'application/graphql+json'],
  })
  return (request, response, next) => {
    read(request, response, (error?: unknown) => {
      next(error ?? findDeep(request.body))
    })
  }
}

function findDeep(body: unknown): unknown {
  try {
    refuseDeep(body)
    return undefined
  } catch (refusal) {
    return refusal
  }
}

/** Verifies the bearer token, when there is one; a bad one is refused on every path but the one that ends sessions. */
export function verifyToken(authenticate: Authenticate): RequestHandler {
  return async (request, response, next) => {
    const token = bearerToken(request.headers.authorization)
    if (token !== undefined && request.headers.authorization !== '') {
      const exchange = exchangeOf(response)
      try {
        const { actor, expiresAtMs } = await authenticate(token, exchange)
        exchange.actor = actor
        exchange.tokenExpiresAtMs = expiresAtMs
      } catch (error) {
        if (!exchange.toleratesBadToken || !(error instanceof Refusal)) throw error
        exchange.tokenRefusal = error
      }
    }
    next()
  }
}

/** A second token, an administrator's, reopens for one request what the production profile closes. */
export function verifyDeveloper(authenticate: Authenticate): RequestHandler {
  return async (request, response, next) => {
    const token = request.headers['x-developer-token']
    if (token !== undefined) {
      const exchange = exchangeOf(response)
      const { actor } = await authenticate(typeof token === 'string' ? token : null, exchange)
      noteAdminAccess(exchange, actor, 'developer token')
      if (actor.role !== 'admin') throw new Refusal('FORBIDDEN')
      exchange.isDeveloper = true
    }
    next()
  }
}

/** Logs one line for each answer: route, operation, status, duration, calls. The path itself may hold anything. */
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
  const exchange = exchangeOf(response)
  // A stream has its own lines, at its begin and at its end.
  if (exchange.door === 'stream') return
  const level = status >= 500 ? 'error' : status >= 400 ? 'warn' : 'info'
  exchange.log[level](
    {
      action: 'request.answered',
      user: exchange.actor?.username,
      duration_ms: Math.round(performance.now() - exchange.startedAt),
      extra: {
        method: request.method,
        endpoint: findEndpoint(request, response),
        operation: exchange.operationName,
        status,
        subgraph_calls: exchange.fetches.length,
      },
    },
    status === clientClosedRequest ? 'The client left before its answer.' : 'Request answered.',
  )
}

/** Refuses a POST whose content type a foreign page could send without asking first. */
export function refuseSimpleRequests(
  request: Request,
  _response: Response,
  next: NextFunction,
): void {
  const isSafe =
    request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS'
  // A page cannot send the other methods unasked, so they may come without a body.
  const isEmpty = request.method !== 'POST' && request.headers['content-type'] === undefined
  if (!isSafe && !isEmpty && !request.is(['application/json', 'application/graphql+json'])) {
    throw new Refusal('CSRF_REFUSED', 'Send the body as application/json.')
  }
  next()
}
