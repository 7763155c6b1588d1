import { setTimeout as delay } from 'node:timers/promises'
import type { EventBus } from '@cnop/kit/bus'
import type { Clock } from '@cnop/kit/clock'
import { readAccessRules } from '@cnop/schema/access'
import { apiSchema, streamSdl } from '@cnop/schema/read'
import { buildSchema } from 'graphql'
import type { Registry } from 'prom-client'
import type { EndedSessions } from '../auth/ended-sessions.ts'
import type { RouterConfig } from '../config.ts'
import { Refusal } from '../errors/refusal.ts'
import type { GraphQLDoor } from '../operations/graphql.ts'
import type { Guards } from '../guard/guards.ts'
import type { FindOperation } from '../operations/known-operations.ts'
import { loadManifests } from '../operations/manifest.ts'
import { openAccountFeeds } from './account-feeds.ts'
import type { ClientStream } from './client-stream.ts'
import { createStreamDoor, type StreamDoor } from './endpoint.ts'
import type { Feed } from './feed.ts'
import { createPrepare } from './prepare.ts'
import { createPace } from './pace.ts'
import { openPriceFeed } from './price-feed.ts'
import { createReadAs } from './read-as.ts'
import { createSlots } from './slots.ts'
import { createStreamMetrics } from './stream-metrics.ts'

interface StreamParts {
  readonly config: RouterConfig
  readonly bus: EventBus
  readonly graphql: Pick<GraphQLDoor, 'run'>
  readonly findOperation: FindOperation
  readonly guards: Pick<Guards, 'inspect' | 'operations'>
  readonly endedSessions: Pick<EndedSessions, 'has'>
  /** Whether the bus can deliver now. */
  readonly isPushed: () => Promise<boolean>
  readonly registry: Registry
  readonly now: Clock
}

export interface Streams {
  readonly answer: StreamDoor['answer']
  /** Refuses new streams and ends the open ones, for the process is about to go. */
  drain(): Promise<void>
  close(): void
}

/** How often tokens, sessions and slow readers are looked at. */
const watchMs = 250
/** While the bus is down, everything is read again this often. */
const renewMs = 5_000
/** A bus that takes longer to answer is as good as down. */
const pushDeadlineMs = 250
/** Readers get this long to take their last word before the process goes. */
const drainMs = 2_000

/** Opens everything behind `/stream`. */
export async function openStreams(parts: StreamParts): Promise<Streams> {
  const { config, guards } = parts
  const feeds = await openFeeds(parts)
  const open = new Set<ClientStream>()
  const door = createStreamDoor({
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
    takeSlot: createSlots(config.streams),
    allowedOrigins: config.allowedOrigins,
    metrics: createStreamMetrics(parts.registry),
  })
  const stopWatching = watch(parts, open, feeds)
  return {
    answer: door.answer,
    drain: async () => {
      door.refuse()
      for (const stream of open) stream.end('stopping', stopping())
      await Promise.race([door.emptied(), delay(drainMs, undefined, { ref: false })])
      for (const stream of open) stream.breakOff('stopping')
    },
    close: () => {
      stopWatching()
      for (const feed of feeds.values()) feed.close()
    },
  }
}

async function openFeeds(parts: StreamParts): Promise<ReadonlyMap<string, Feed>> {
  const { bus, graphql, findOperation, config } = parts
  const readAs = createReadAs(graphql, findOperation, config.deadlinesMs.router)
  const pace = createPace(config.streams.pace)
  const accounts = await openAccountFeeds({ bus, pace, readAs })
  return new Map([...accounts, ['prices', await openPriceFeed({ bus, pace, readAs })]])
}

/** Ends what may not go on, keeps alive what may, and reads again what the bus cannot tell. */
function watch(
  { config, endedSessions, isPushed, now }: StreamParts,
  open: ReadonlySet<ClientStream>,
  feeds: ReadonlyMap<string, Feed>,
): () => void {
  const { heartbeatMs, patienceMs } = config.streams
  const look = (stream: ClientStream): void => {
    const { actor, tokenExpiresAtMs = Infinity } = stream.exchange
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
