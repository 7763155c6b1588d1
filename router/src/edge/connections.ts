import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { BlockList, Socket } from 'node:net'
import type { Profile } from '@cnop/kit/config'
import { createHostCheck, isHost } from '@cnop/kit/hosts'
import { type ErrorCode, errorCodes } from '@cnop/schema/codes'
import { Counter, type Registry } from 'prom-client'
import { statusOf } from '../errors/status.ts'
import { openAdmission } from './admission.ts'

export interface ConnectionLimits {
  /** Time limits for receiving the headers of a request, and the whole of it. */
  readonly headersMs: number
  readonly bodyMs: number
  /** How often these are checked. */
  readonly checkEveryMs: number
  /** The idle timeout of a connection while a response is pending or being read. */
  readonly answerMs: number
  /** Open connections of one address; trusted proxies are exempt. */
  readonly perAddress: number
  /** Open connections of one port. */
  readonly atOnce: number
  /** Accepted host names, beside `localhost` and IP addresses. */
  readonly hosts: readonly string[]
}

/** Creates a server for an address to listen on. */
export type Serve = (handle: RequestListener, listensOn: string) => Server

/** Headers of every response, on every port. */
export type EveryHeader = Readonly<Record<string, string>>

/** HSTS where the site is served over https. */
export const headersOfProfile = (profile: Profile): EveryHeader =>
  profile === 'production'
    ? { 'Strict-Transport-Security': 'max-age=31536000; includeSubDomains' }
    : {}

function hasOneHost({ headersDistinct, httpVersion }: IncomingMessage): boolean {
  const [host, ...others] = headersDistinct['host'] ?? []
  if (host === undefined) return httpVersion === '1.0'
  return others.length === 0 && isHost(host)
}

/**
 * Normalises an absolute request target (as sent to a proxy) to a path. False for any other target, and for a
 * request with several hosts, a malformed one or, from HTTP/1.1 on, none (RFC 9112, section 3.2).
 */
function readTarget(request: IncomingMessage): boolean {
  const { url = '' } = request
  if (!hasOneHost(request)) return false
  if (url.startsWith('/') || (url === '*' && request.method === 'OPTIONS')) return true
  if (!URL.canParse(url)) return false
  const { protocol, host, pathname, search } = new URL(url)
  request.url = `${pathname}${search}`
  // The host of such a target replaces the header (RFC 9112, section 3.2.2).
  request.headers.host = host
  return protocol === 'http:' || protocol === 'https:'
}

/**
 * Why a request is refused that is well-formed to the parser only. A coding under the chunks would be read as if it were
 * not there, and HTTP/1.0 has no chunks: another server on the way may see another end of the body.
 */
function findFault(request: IncomingMessage): string | undefined {
  const { httpVersion, headers } = request
  if (httpVersion !== '1.1' && httpVersion !== '1.0') {
    return 'The request must be HTTP/1.1 or HTTP/1.0.'
  }
  const coding = headers['transfer-encoding']
  if (coding !== undefined && httpVersion === '1.0') {
    return 'transfer-encoding: does not exist in HTTP/1.0'
  }
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') {
    return 'transfer-encoding: must be chunked and nothing else'
  }
  return readTarget(request) ? undefined : 'The target or the host of the request is not valid.'
}

/** A request that is refused before the pipeline; the message is for its sender. */
export class BrokenRequest extends Error {
  readonly publicCode: ErrorCode

  constructor(message: string, publicCode: ErrorCode = 'BAD_REQUEST') {
    super(message)
    this.publicCode = publicCode
  }
}

/**
 * Requests of one connection that wait for their responses. A client that pipelines sends a few; all of them are read before
 * the first has its response, and before it is known that the client has left.
 */
const mostWaiting = 20
const waitingOn = new WeakMap<Socket, number>()

/** Counts a request of a connection until its response is complete; false for one too many. */
function admitRequest({ socket }: IncomingMessage, response: ServerResponse): boolean {
  const waiting = waitingOn.get(socket) ?? 0
  if (waiting >= mostWaiting) return false
  waitingOn.set(socket, waiting + 1)
  response.once('close', () => waitingOn.set(socket, (waitingOn.get(socket) ?? 1) - 1))
  return true
}

const isIdle = (socket: Socket): boolean => (waitingOn.get(socket) ?? 0) === 0

const countForeign = (registry: Registry) =>
  new Counter({
    name: 'gateway_foreign_hosts_total',
    help: 'Requests that were refused because their Host header names another site.',
    registers: [registry],
  })

const tooManyWaiting = (): BrokenRequest =>
  new BrokenRequest(
    `At most ${mostWaiting} requests of a connection may wait for their responses.`,
    'RATE_LIMITED',
  )

/** The latest response on each connection that a handler gives. */
const latest = new WeakMap<object, ServerResponse>()

export const latestResponse = (connection: object): ServerResponse | undefined =>
  latest.get(connection)

const hostRefusal = JSON.stringify({
  message: errorCodes.HOST_NOT_ALLOWED,
  code: 'HOST_NOT_ALLOWED',
})

function refuseHost(response: ServerResponse): void {
  response.statusCode = statusOf.HOST_NOT_ALLOWED
  response.setHeader('Content-Type', 'application/json; charset=utf-8')
  response.setHeader('Cache-Control', 'no-store')
  response.end(hostRefusal)
}

/** Creates servers that check the host, and that bound idle connections and connections per address; the counts are shared by all of them. */
export function openConnections(
  limits: ConnectionLimits,
  proxies: BlockList,
  headers: EveryHeader,
  registry: Registry,
): Serve {
  const { headersMs, bodyMs, checkEveryMs, answerMs, hosts } = limits
  const foreign = countForeign(registry)
  const admission = openAdmission({ ...limits, isIdle }, proxies, registry)

  return (handle, listensOn) => {
    const acceptsHost = createHostCheck(listensOn, hosts)
    const ending = new WeakSet<Socket>()
    const end: EndConnection = (socket, fault) => {
      ending.add(socket)
      server.emit('clientError', fault, socket)
    }
    const timeouts = {
      headersTimeout: headersMs,
      // Node counts both from the start of the request.
      requestTimeout: Math.max(headersMs, bodyMs),
      connectionsCheckingInterval: checkEveryMs,
    }
    // Node's own refusal of a request without a host has no body.
    const server = createServer({ ...timeouts, requireHostHeader: false }, (request, response) => {
      const { socket } = request
      // Nothing that follows a malformed request on its connection is executed.
      if (ending.has(socket)) return
      const fault = findFault(request)
      if (fault !== undefined) {
        end(socket, new BrokenRequest(fault))
        return
      }
      if (!admitRequest(request, response)) {
        end(socket, tooManyWaiting())
        return
      }
      latest.set(socket, response)
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
      if (acceptsHost(request.headers.host)) handle(request, response)
      else {
        foreign.inc()
        refuseHost(response)
      }
    })
    server.timeout = answerMs
    // Their size is limited, which answers 431. A limit of their number would drop the rest without a word.
    server.maxHeadersCount = 0
    admission.guard(server)
    refuseUnusual(server, end)
    return server
  }
}

/** Refuses what came last on a connection, and ends it. */
type EndConnection = (socket: Socket, fault: BrokenRequest) => void

/** Requests that Node does not pass on as others: with an expectation, and those to a proxy. */
function refuseUnusual(server: Server, end: EndConnection): void {
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    // The stage that reads the body sends `100 Continue`: a request that is refused by its headers never gets it.
    const isOther = request.headers.expect?.trim().toLowerCase() !== '100-continue'
    server.emit(isOther ? 'checkExpectation' : 'request', request, response)
  })
  server.on('checkExpectation', ({ socket }: IncomingMessage) => {
    end(socket, new BrokenRequest('expect: must be 100-continue', 'EXPECTATION_FAILED'))
  })
  server.on('connect', ({ socket }: IncomingMessage) => {
    end(socket, new BrokenRequest('This server is no proxy.'))
  })
}
