import type { Request, RequestHandler, Response } from 'express'
import { isClosed, onceClosed } from '../edge/answered.ts'
import { Refusal } from '../errors/refusal.ts'
import { refuseForeignOrigin } from '../guard/foreign-origin.ts'
import { type RequestContext, contextOf } from '../edge/request-context.ts'
import { type ClientStream, createClientStream } from './client-stream.ts'
import type { Feed } from './feed.ts'
import type { Prepare, Subscription } from './prepare.ts'
import type { Admit } from './admission.ts'
import type { StreamMetrics } from './stream-metrics.ts'

interface PipelineParts {
  readonly feeds: ReadonlyMap<string, Feed>
  /** Every stream that is open now. */
  readonly open: Set<ClientStream>
  readonly prepare: Prepare
  readonly admit: Admit
  readonly allowedOrigins: readonly string[]
  readonly metrics: StreamMetrics
}

export interface StreamEndpoint {
  /** Refuses what needs no body to be refused. */
  readonly checkHeaders: RequestHandler
  readonly answer: RequestHandler
  /** Refuses new streams. */
  refuse(): void
  /** Resolves when no stream is open. */
  emptied(): Promise<void>
}

/**
 * Implements graphql-sse in "distinct connections" mode: one POST per subscription, whose response is the events.
 * Refusals have an HTTP status and precede the response. The library's own handler would serialise every event for
 * every stream, and buffer without limit for a slow reader.
 */
export function createStreamEndpoint(parts: PipelineParts): StreamEndpoint {
  const { open } = parts
  let isStopping = false
  let resolveEmpty = (): void => undefined

  function keep(stream: ClientStream, response: Response, release: () => void): void {
    open.add(stream)
    onceClosed(response, () => {
      open.delete(stream)
      release()
      if (open.size === 0) resolveEmpty()
    })
  }

  async function follow(
    context: RequestContext,
    response: Response,
    subscription: Subscription,
  ): Promise<void> {
    const feed = parts.feeds.get(subscription.field)
    if (!feed) throw new Error(`There is no feed for ${subscription.field}.`)
    const release = parts.admit(context)
    const stream = createClientStream(response, subscription, parts.metrics)
    try {
      const follower = await feed.follow(stream)
      if (isStopping || isClosed(response)) {
        follower.leave()
        throw stopping()
      }
      keep(stream, response, release)
      stream.begin(follower)
    } catch (error) {
      release()
      throw error
    }
  }

  return {
    checkHeaders: checkHeadersFor(parts.allowedOrigins),
    answer: async (request, response) => {
      if (isStopping) throw stopping()
      const context = contextOf(response)
      await follow(context, response, await parts.prepare(context, request.body))
    },
    refuse: () => {
      isStopping = true
    },
    emptied: () =>
      open.size === 0 ? Promise.resolve() : new Promise((resolve) => (resolveEmpty = resolve)),
  }
}

const stopping = (): Refusal =>
  new Refusal('OVERLOADED', 'The router is about to stop.', { retryAfterSeconds: 1 })

const checkHeadersFor =
  (allowedOrigins: readonly string[]): RequestHandler =>
  (request, _response, next) => {
    checkProtocol(request)
    refuseForeignOrigin(request.headers, allowedOrigins, 'Streams are not opened')
    next()
  }

function checkProtocol(request: Request): void {
  if (request.accepts('text/event-stream') !== 'text/event-stream') {
    throw new Refusal('BAD_REQUEST', 'A stream is answered as text/event-stream.')
  }
}
