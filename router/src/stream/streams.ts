import { setTimeout as delay } from 'node:timers/promises'
import type { Activity } from '@cnop/kit/activity'
import type { EventBus } from '@cnop/kit/bus'
import type { Clock } from '@cnop/kit/clock'
import { readAccessRules } from '@cnop/schema/access'
import { apiSchema, streamSdl } from '@cnop/schema/read'
import { buildSchema } from 'graphql'
import type { Registry } from 'prom-client'
import type { EndedSessions } from '../auth/ended-sessions.ts'
import { Refusal } from '../errors/refusal.ts'
import type { GraphQLEndpoint } from '../operations/graphql.ts'
import type { Guards } from '../guard/guards.ts'
import type { FindOperation } from '../operations/known-operations.ts'
import { loadManifests } from '../operations/known-operations.ts'
import { createAccountFeeds } from './account-feeds.ts'
import type { ClientStream } from './client-stream.ts'
import { createStreamEndpoint, type StreamEndpoint } from './endpoint.ts'
import type { Feed } from './feed.ts'
import { createPrepare } from './prepare.ts'
import { createPace } from './pace.ts'
import { openPriceFeed } from './price-feed.ts'
import { createReadAs } from './read-as.ts'
import { createAdmission } from './admission.ts'
import type { StreamConfig } from './stream-config.ts'
import { createStreamMetrics } from './stream-metrics.ts'

interface StreamParts {
  readonly config: {
    readonly streams: StreamConfig
    readonly allowedOrigins: readonly string[]
    readonly isPersistedOnly: boolean
    readonly allowsIntrospection: boolean
    readonly deadlinesMs: { readonly router: number }
  }
  readonly bus: EventBus
  readonly graphql: Pick<GraphQLEndpoint, 'run'>
  readonly findOperation: FindOperation
  readonly guards: Pick<Guards, 'inspect' | 'operations'>
  readonly endedSessions: Pick<EndedSessions, 'has'>
  /** Whether the bus can deliver now. */
  readonly isPushed: () => Promise<boolean>
  readonly registry: Registry
  readonly activity: Pick<Activity, 'keepAwakeWhile'>
  readonly now: Clock
}

export interface Streams {
  readonly endpoint: Pick<StreamEndpoint, 'checkHeaders' | 'answer'>
  /** Refuses new streams and ends the open ones before shutdown. */
  drain(): Promise<void>
  close(): void
}

/** How often tokens, sessions and slow readers are checked. */
const watchMs = 250
/** While the bus is down, everything is reread this often. */
const renewMs = 5_000
/** A bus that answers later counts as down. */
const pushDeadlineMs = 250
/** How long readers have to receive the last event before shutdown. */
const drainMs = 2_000

/** Opens everything behind `/stream`. */
export async function openStreams(parts: StreamParts): Promise<Streams> {
  const { config, guards } = parts
  const feeds = await openFeeds(parts)
  const open = new Set<ClientStream>()
  const letRest = parts.activity.keepAwakeWhile(() => open.size > 0)
  const endpoint = createStreamEndpoint({
    feeds,
    open,
    prepare: createPrepare({
      schema: buildSchema(`${apiSchema()}\n${streamSdl()}`),
      access: readAccessRules(streamSdl()),
      documents: {
        findDocument: loadManifests(['stream']),
        isPersistedOnly: config.isPersistedOnly,
        allowsIntrospection: config.allowsIntrospection,
        inspect: guards.inspect,
      },
      guards: guards.operations,
    }),
    admit: createAdmission(config.streams),
    allowedOrigins: config.allowedOrigins,
    metrics: createStreamMetrics(parts.registry),
  })
  const stopWatching = watch(parts, open, feeds)
  return {
    endpoint,
    drain: async () => {
      endpoint.refuse()
      for (const stream of open) stream.end('stopping', stopping())
      await Promise.race([endpoint.emptied(), delay(drainMs, undefined, { ref: false })])
      for (const stream of open) stream.breakOff('stopping')
    },
    close: () => {
      letRest()
      stopWatching()
      for (const feed of feeds.values()) feed.close()
    },
  }
}

async function openFeeds(parts: StreamParts): Promise<ReadonlyMap<string, Feed>> {
  const { bus, graphql, findOperation, config } = parts
  const readAs = createReadAs(graphql, findOperation, config.deadlinesMs.router)
  const pace = createPace(config.streams.pace)
  const accounts = createAccountFeeds({ bus, pace, readAs })
  return new Map([...accounts, ['prices', await openPriceFeed({ bus, pace, readAs })]])
}

/** Ends expired and slow streams, sends heartbeats, and rereads while the bus is down. */
function watch(
  { config, endedSessions, isPushed, now }: StreamParts,
  open: ReadonlySet<ClientStream>,
  feeds: ReadonlyMap<string, Feed>,
): () => void {
  const { heartbeatMs, patienceMs } = config.streams
  const look = (stream: ClientStream): void => {
    const { actor, tokenExpiresAtMs = Infinity } = stream.context
    if (stream.blockedMs() > patienceMs) stream.breakOff('too_slow')
    else if (actor && endedSessions.has(actor.sessionId)) {
      stream.end('session_ended', new Refusal('SESSION_ENDED'))
    } else if (actor && tokenExpiresAtMs <= now()) {
      stream.end('expired', new Refusal('UNAUTHENTICATED', 'The access token has expired.'))
    }
  }
  const renewUnlessPushed = async (): Promise<void> => {
    if (open.size === 0) return
    const isTold = await Promise.race([isPushed(), delay(pushDeadlineMs, false)])
    if (!isTold) for (const feed of feeds.values()) feed.renew()
  }
  const timers = [
    setInterval(() => open.forEach(look), watchMs),
    setInterval(() => open.forEach((stream) => stream.beat()), heartbeatMs),
    setInterval(() => void renewUnlessPushed(), renewMs),
  ]
  for (const timer of timers) timer.unref()
  return () => timers.forEach((timer) => clearInterval(timer))
}

const stopping = (): Refusal =>
  new Refusal('OVERLOADED', 'The router is about to stop; connect again.', {
    details: { retryAfterSeconds: '1' },
  })
