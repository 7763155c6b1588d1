import { type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Clock } from '@cnop/kit/clock'
import { type Log, maskAddress } from '@cnop/kit/log'
import { type ErrorCode, errorCodes } from '@cnop/schema/codes'
import type { RequestHandler } from 'express'
import { Counter, type Registry } from 'prom-client'
import { noteLimit } from '../audit/note-event.ts'
import { contextOf } from '../edge/request-context.ts'
import { type Spend, type Spending, windowSeconds } from './budget.ts'
import { bucketAddress } from './client-ip.ts'
import { BrokenRequest, type EveryHeader, latestResponse } from '../edge/connections.ts'
import { breakBody } from '../edge/overload.ts'
import { Refusal } from '../errors/refusal.ts'
import { statusOf } from '../errors/status.ts'
import { refuseUntil } from './budget.ts'

/** Rate limit headers, exposed to browsers of other origins. */
export const limitHeaders = [
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
  'RateLimit-Policy',
  'RateLimit',
  'Retry-After',
] as const

/** The old header fields and those of the IETF draft, for one client's window. */
function describe(
  { limit, remaining, msLeft }: Spending,
  nowMs: number,
): Readonly<Record<string, string>> {
  const seconds = Math.ceil(msLeft / 1000)
  return {
    'X-RateLimit-Limit': String(limit),
    'X-RateLimit-Remaining': String(remaining),
    'X-RateLimit-Reset': String(Math.ceil((nowMs + msLeft) / 1000)),
    'RateLimit-Policy': `"client";q=${limit};w=${windowSeconds}`,
    RateLimit: `"client";r=${remaining};t=${seconds}`,
  }
}

/** Counts requests per client address and minute, and sets the rate limit headers on every response. */
export function countRequests(spend: Spend, now: Clock): RequestHandler {
  return async (_request, response, next) => {
    const context = contextOf(response)
    const spending = await spend(context.clientIp, 1)
    for (const [name, value] of Object.entries(describe(spending, now()))) {
      response.setHeader(name, value)
    }
    if (!spending.isWithin) {
      noteLimit(context, 'requests')
      throw refuseUntil('RATE_LIMITED', spending.msLeft)
    }
    next()
  }
}

export interface BrokenParts {
  readonly spend: Spend
  readonly now: Clock
  readonly log: Log
  readonly count: (code: ErrorCode) => void
}

export function countBroken(registry: Registry): BrokenParts['count'] {
  const broken = new Counter({
    name: 'gateway_broken_requests_total',
    help: 'Malformed requests, which were refused before the pipeline.',
    labelNames: ['code'] as const,
    registers: [registry],
  })
  return (code) => broken.inc({ code })
}

/**
 * Counts, logs and answers malformed HTTP that never reaches the pipeline. A request of which only the body is malformed
 * is in the pipeline, which answers it once, as any other.
 */
export function answerBrokenRequests(
  server: Server,
  every: EveryHeader,
  { spend, now, log, count }: BrokenParts,
): void {
  const waiting = new WeakSet<object>()
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const before = latestResponse(socket)
    if (isPending(before)) {
      // Every further chunk of malformed bytes is reported.
      if (waiting.has(socket)) return
      waiting.add(socket)
      before.once('close', () => server.emit('clientError', error, socket))
      if (!before.req.complete) endBody(before, error)
      return
    }
    const address = 'remoteAddress' in socket ? String(socket.remoteAddress) : ''
    const isGone = error.code === 'ECONNRESET' || !socket.writable || address === ''
    if (isGone || isAnswered(before)) {
      socket.destroy()
      return
    }
    const { code, message } = describeBroken(error)
    const status = statusOf[code]
    count(code)
    log.info(
      { action: 'request.broken', client_ip: maskAddress(address), extra: { status, code } },
      'A malformed request was refused.',
    )
    const body = JSON.stringify({ message, code })
    const form = {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': Buffer.byteLength(body),
      'Cache-Control': 'no-store',
    }
    const answer = (spending: Spending): void => {
      const headers = Object.entries({ ...form, ...describe(spending, now()), ...every }).map(
        ([name, value]) => `${name}: ${value}\r\n`,
      )
      const text = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n${headers.join('')}\r\n${body}`
      // A client that never closes its side must not hold the connection.
      socket.end(text, () => socket.destroy())
    }
    spend(bucketAddress(address), 1).then(answer, (failure: unknown) => {
      log.warn(
        { action: 'request.uncounted', error: failure },
        'A malformed request was not counted.',
      )
      socket.destroy()
    })
  })
}

/** Whether a response is under way: what follows on its connection waits. */
const isPending = (response: ServerResponse | undefined): response is ServerResponse =>
  response?.writableFinished === false && !response.destroyed

/** The rest of the body will not come: the stage that reads it refuses the request. */
function endBody(response: ServerResponse, error: NodeJS.ErrnoException): void {
  if (!response.headersSent) response.setHeader('Connection', 'close')
  const { code, message } = describeBroken(error)
  breakBody(response.req, new Refusal(code, message))
}

/** Whether the rest of a request is awaited whose response has begun: a second one would be taken for that of the next request. */
const isAnswered = (response: ServerResponse | undefined): boolean =>
  response?.req.complete === false && response.headersSent

function describeBroken(error: NodeJS.ErrnoException): { code: ErrorCode; message: string } {
  if (error instanceof BrokenRequest) return { code: error.publicCode, message: error.message }
  const code = codesOfBroken[error.code ?? ''] ?? 'BAD_REQUEST'
  const isMalformed = code === 'BAD_REQUEST'
  return { code, message: isMalformed ? 'The request is not well-formed HTTP.' : errorCodes[code] }
}

/** The codes of Node's parser and of its server that have a code of their own here. */
const codesOfBroken: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'HEADERS_TOO_LARGE',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'REQUEST_TOO_LARGE',
  ERR_HTTP_REQUEST_TIMEOUT: 'REQUEST_TIMEOUT',
}
