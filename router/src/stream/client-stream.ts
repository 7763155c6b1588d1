import { performance } from 'node:perf_hooks'
import type { Response } from 'express'
import { print } from 'graphql-sse'
import type { DomainError } from '@cnop/kit/errors'
import { onceClosed } from '../edge/answered.ts'
import { normaliseErrors } from '../errors/normalise.ts'
import { type RequestContext, contextOf } from '../edge/request-context.ts'
import type { Follower, Stream } from './feed.ts'
import type { Subscription } from './prepare.ts'
import type { StreamEnd, StreamMetrics } from './stream-metrics.ts'
import { type EventText, numberEvent } from './write-event.ts'

/** One client's stream, as the endpoint sees it. */
export interface ClientStream extends Stream {
  /** Begins the response. */
  begin(follower: Follower): void
  /** Sends a heartbeat. */
  beat(): void
  /** How long the client has not read its pending data. */
  blockedMs(): number
  end(reason: StreamEnd, refusal: DomainError): void
  /** Closes it at once, for a client that does not read. */
  breakOff(reason: StreamEnd): void
}

const headers = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store',
  // A stream is the last response on its connection.
  Connection: 'close',
  'X-Accel-Buffering': 'no',
} as const

/** An empty comment, which clients ignore. */
const heartbeat = ':\n\n'
/** A client that does not receive the last event within this time is disconnected. */
const endTimeoutMs = 1_000

/** Node buffers what the client has not received yet; nothing is added until the buffer is empty. */
function createWriter(response: Response, onDrain: () => void) {
  let blockedAt: number | undefined
  response.on('drain', () => {
    blockedAt = undefined
    onDrain()
  })
  return {
    write: (text: string): void => {
      if (!response.write(text)) blockedAt ??= performance.now()
    },
    isBlocked: (): boolean => blockedAt !== undefined,
    blockedMs: (): number => (blockedAt === undefined ? 0 : performance.now() - blockedAt),
  }
}

/** The state of a stream, and the reason of its end. */
interface Course {
  state: 'waiting' | 'open' | 'ended'
  reason: StreamEnd
  sequence: number
  follower: Follower | undefined
}

export function createClientStream(
  response: Response,
  subscription: Subscription,
  metrics: StreamMetrics,
): ClientStream {
  const context = contextOf(response)
  const course: Course = { state: 'waiting', reason: 'left', sequence: 0, follower: undefined }
  const isReady = (): boolean => course.state === 'open' && !writer.isBlocked()
  const writer = createWriter(response, () => {
    if (course.state === 'open') course.follower?.flush()
  })

  function end(reason: StreamEnd, refusal: DomainError): void {
    if (course.state !== 'open') return
    Object.assign(course, { state: 'ended', reason })
    response.end(endText(refusal, context))
    setTimeout(() => response.destroy(), endTimeoutMs).unref()
  }

  return {
    context,
    subscription,
    isReady,
    end,
    begin: (follower) => {
      Object.assign(course, { state: 'open', follower })
      context.api = 'stream'
      // A stream has its own timeout, and may be idle for any time.
      response.socket?.setTimeout(0)
      response.writeHead(200, headers)
      writer.write(heartbeat)
      noteCourse(response, course, subscription, metrics)
      follower.flush()
    },
    send: (event: EventText) => {
      course.sequence += 1
      writer.write(numberEvent(event, course.sequence))
      metrics.sent(subscription.field)
    },
    fail: (refusal) => end('failed', refusal),
    beat: () => {
      if (isReady()) writer.write(heartbeat)
    },
    blockedMs: writer.blockedMs,
    breakOff: (reason) => {
      course.reason = reason
      response.destroy()
    },
  }
}

/** Counts and logs a stream that opens, and leaves its feed, counts and logs again when it closes. */
function noteCourse(
  response: Response,
  course: Course,
  { field }: Subscription,
  metrics: StreamMetrics,
): void {
  const context = contextOf(response)
  metrics.opened(field)
  logStream(context, 'opened', { stream: field })
  onceClosed(response, () => {
    course.state = 'ended'
    course.follower?.leave()
    metrics.closed(field, course.reason)
    const { sequence: events, reason } = course
    logStream(context, 'closed', { stream: field, events, reason })
  })
}

function logStream(
  { log, actor, startedAt }: RequestContext,
  what: 'opened' | 'closed',
  extra: object,
) {
  const details = {
    action: `stream.${what}`,
    user: actor?.username,
    duration_ms: Math.round(performance.now() - startedAt),
    extra,
  }
  log.info(details, what === 'opened' ? 'A stream opened.' : 'A stream ended.')
}

/** The end of a stream in the protocol: a result with the error, then `complete`. */
function endText({ message, extensions }: DomainError, { requestId }: RequestContext): string {
  const errors = normaliseErrors([{ message, extensions }], requestId)
  const complete = print<false, 'complete'>({ event: 'complete', data: null })
  return `event: next\ndata: ${JSON.stringify({ errors })}\n\n${complete}`
}
