import type { IncomingMessage } from 'node:http'
import type { Request, RequestHandler, Response } from 'express'
import { isClosed, onceClosed } from './answered.ts'
import { noteLimit } from '../audit/note-event.ts'
import { Refusal } from '../errors/refusal.ts'
import { type RequestContext, contextOf } from './request-context.ts'
import { encodingOf, findUnreadable } from '../guard/json-body.ts'
import { openTally } from '../guard/tally.ts'
import { openFairShare } from './fair-share.ts'

export interface PlaceLimits {
  /** Concurrent requests, in total and per address. */
  readonly requests: number
  readonly requestsPerAddress: number
  /** Bytes of buffered request bodies, in total and per address. */
  readonly bodyBytes: number
  readonly bodyBytesPerAddress: number
  /** The longest body. */
  readonly maxBodyBytes: number
}

/**
 * Bounds concurrent requests and the memory of their bodies. A request takes a place when its body is complete, so that
 * bodies which never end take none. It releases the place when the client has received the response.
 */
export interface Places {
  /** Refuses while the router is full; no request waits in a queue. */
  readonly shed: RequestHandler
  /** Takes a place, and waits while others of the address use its share. False when the client has left by then. */
  readonly take: (context: RequestContext, response: Response) => Promise<boolean>
  readonly takePlace: RequestHandler
  /** Refuses a body that is too long once that is known, and counts the received bytes of all bodies. */
  readonly boundBody: (read: RequestHandler) => RequestHandler
}

const retryAfterSeconds = 1

/** Requests whose body will never be complete, and why. */
const brokenBodies = new WeakMap<object, Refusal>()
const bodyBroken = Symbol('body broken')

/** Tells the stage that reads the body of a request, now or later, that the rest of it will not come. */
export function breakBody(request: IncomingMessage, refusal: Refusal): void {
  brokenBodies.set(request, refusal)
  request.emit(bodyBroken, refusal)
}

/** Health and metrics are needed under overload, so they are never shed. Streams have their own limit. */
const neverShed = new Set(['/health', '/metrics', '/stream'])

const full = (): Refusal => new Refusal('OVERLOADED', undefined, { retryAfterSeconds })

/** The share of one address. */
function overShare(context: RequestContext, counted: string, limit: number): Refusal {
  noteLimit(context, counted)
  return new Refusal('RATE_LIMITED', `At most ${limit} ${counted} of one address at once.`, {
    details: { limit: String(limit), counted, retryAfterSeconds: String(retryAfterSeconds) },
    retryAfterSeconds,
  })
}

export function openPlaces(limits: PlaceLimits): Places {
  const { requests, requestsPerAddress } = limits
  const byAddress = openTally()
  const share = openFairShare()
  let taken = 0

  async function take(context: RequestContext, response: Response): Promise<boolean> {
    // Nobody receives what the endpoint would do for a client that has left.
    if (isClosed(response)) return false
    const { clientIp } = context
    if (taken >= requests) throw full()
    if (byAddress.of(clientIp) >= requestsPerAddress) {
      throw overShare(context, 'requests', requestsPerAddress)
    }
    taken += 1
    byAddress.add(clientIp, 1)
    onceClosed(response, () => {
      taken -= 1
      byAddress.add(clientIp, -1)
    })
    await share.begin(clientIp)
    onceClosed(response, () => share.end(clientIp))
    return !isClosed(response)
  }

  return {
    shed: (request, _response, next) => {
      if (taken >= requests && !neverShed.has(request.path)) throw full()
      next()
    },
    take,
    takePlace: async (request, response, next) => {
      const isFree = neverShed.has(request.path)
      if (isFree ? !isClosed(response) : await take(contextOf(response), response)) next()
    },
    boundBody: refuseDeclared(limits.maxBodyBytes, createBodyBound(limits)),
  }
}

function findDeclared({ headers }: Request, maxBytes: number): Refusal | undefined {
  const isTooLong = Number(headers['content-length'] ?? 0) > maxBytes
  return isTooLong ? new Refusal('REQUEST_TOO_LARGE') : findUnreadable(headers)
}

/** Refuses a body that is too long or not readable by its own headers, without keeping any of it. */
const refuseDeclared =
  (maxBytes: number, bound: Places['boundBody']): Places['boundBody'] =>
  (read) => {
    const readBound = bound(read)
    return (request, response, next) => {
      const refusal = hasBody(request) ? findDeclared(request, maxBytes) : undefined
      if (refusal) discardRest(request, response, () => next(refusal))
      else void readBound(request, response, next)
    }
  }

/** Whether the client sends the body only after `100 Continue` (RFC 9110, section 10.1.1). HTTP/1.0 has no such answer. */
const isHeldBack = ({ headers, httpVersion }: Request): boolean =>
  headers.expect !== undefined && httpVersion !== '1.0'

/** Asks once for a body that the client holds back. */
function askForBody(request: Request, response: Response): void {
  if (!isHeldBack(request)) return
  delete request.headers.expect
  response.writeContinue()
}

/** The bytes of all bodies that are held. */
function openHeldBytes({ bodyBytes, bodyBytesPerAddress }: PlaceLimits) {
  const byAddress = openTally()
  let held = 0
  return {
    hold: ({ clientIp }: RequestContext, bytes: number): void => {
      held += bytes
      byAddress.add(clientIp, bytes)
    },
    findExcess: (context: RequestContext): Refusal | undefined => {
      if (byAddress.of(context.clientIp) > bodyBytesPerAddress) {
        return overShare(context, 'bytes of request bodies', bodyBytesPerAddress)
      }
      return held > bodyBytes ? full() : undefined
    },
  }
}

function createBodyBound(limits: PlaceLimits): Places['boundBody'] {
  const { hold, findExcess } = openHeldBytes(limits)
  return (read) => (request, response, next) => {
    if (!hasBody(request)) {
      void read(request, response, next)
      return
    }
    // The client left while a stage before this one waited: nobody would release what its body holds.
    if (isClosed(response)) return
    const broken = brokenBodies.get(request)
    if (broken) {
      next(broken)
      return
    }
    const context = contextOf(response)
    const state = { isOver: false, received: 0 }
    let own = 0
    // The memory is released when the response is complete.
    onceClosed(response, () => hold(context, -own))
    const finish = (respond: () => void): void => {
      if (state.isOver) return
      state.isOver = true
      request.off('data', count).off(bodyBroken, stop)
      respond()
    }
    const stop = (refusal: Refusal): void => finish(() => next(refusal))
    const refuse = (refusal: Refusal | undefined): void => {
      if (refusal) finish(() => discardRest(request, response, () => next(refusal)))
    }
    const holdMore = (bytes: number): void => {
      own += bytes
      hold(context, bytes)
      refuse(findExcess(context))
    }
    const count = (chunk: Buffer): void => {
      state.received += chunk.length
      if (state.received > limits.maxBodyBytes) refuse(new Refusal('REQUEST_TOO_LARGE'))
      else holdMore(chunk.length)
    }
    // The unpacked size of a compressed body is unknown, so it counts as the largest allowed.
    if (isPacked(request)) holdMore(limits.maxBodyBytes)
    if (state.isOver) return
    request.on('data', count).once(bodyBroken, stop)
    askForBody(request, response)
    void read(request, response, (error) => finish(() => next(error)))
  }
}

const discardMs = 500
const discardBytes = 4 * 1024 * 1024

/**
 * Discards the rest of a body before the response, for a moment and up to a size: a connection that is closed with unread
 * bytes is reset, and then a client or a proxy that still sends never sees the response.
 */
function discardRest(request: Request, response: Response, respond: () => void): void {
  response.setHeader('Connection', 'close')
  if (isHeldBack(request)) {
    respond()
    return
  }
  let discarded = 0
  const end = (): void => {
    clearTimeout(timer)
    request.off('data', count).off('end', end).off('close', end).off(bodyBroken, end).pause()
    respond()
  }
  const count = (chunk: Buffer): void => {
    discarded += chunk.length
    if (discarded > discardBytes) end()
  }
  const timer = setTimeout(end, discardMs)
  request.on('data', count).once('end', end).once('close', end).once(bodyBroken, end).resume()
}

const hasBody = ({ headers }: Request): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'

const isPacked = ({ headers }: Request): boolean => encodingOf(headers) !== 'identity'
