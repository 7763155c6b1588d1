import type { Activity } from '@cnop/kit/activity'
import type { EventBus } from '@cnop/kit/bus'
import type { Clock } from '@cnop/kit/clock'
import type { Log } from '@cnop/kit/log'
import { type MessageOf, sessionsEnded } from '@cnop/schema/events'
import { z } from 'zod'

const reply = z.object({
  sessions: z.array(sessionsEnded.type),
  /** The query of the next page. */
  next: z.string().optional(),
  /** Where the next poll begins. */
  until: z.string(),
})

/** An ended session, and when its last access token expires. */
type EndedSession = MessageOf<typeof sessionsEnded>

export interface EndedSessions {
  has(sessionId: string): boolean
  close(): void
}

interface EndedSessionsOptions {
  readonly bus: EventBus
  /** Reads a page of the durable rows as JSON text: all that matter, or those since the last poll. */
  readonly list: (query: Record<string, string>) => Promise<string>
  /** While the process is idle, only the check of the last minutes remains. */
  readonly activity: Activity
  readonly now: Clock
  readonly log: Log
}

/** A sign-out takes effect within a second: half for the interval, half for the read. */
const tickMs = 500
/** Every so many ticks the last minutes are read again, for rows that came late; expired entries are dropped then. */
const ticksBetweenChecks = 60
const lookBackMs = 120_000
/** A hanging read does not block the next ones; the number of concurrent reads is bounded. */
const mostAtOnce = 4
const mostPages = 1_000

/**
 * Tracks ended sessions within a second: from the bus at once, and from the durable rows that are new twice a second, because a
 * message can be lost between two processes, and an operator's command may have no bus.
 */
export async function watchEndedSessions(options: EndedSessionsOptions): Promise<EndedSessions> {
  const { bus, list, activity, now, log } = options
  const ended = new Map<string, number>()
  const add = ({ sessionId, expiresAt }: EndedSession): void => {
    ended.set(sessionId, Date.parse(expiresAt))
  }
  const forgetExpired = (): void => {
    for (const [sessionId, expiresAtMs] of ended) if (expiresAtMs <= now()) ended.delete(sessionId)
  }
  let missed = 0
  let reached: string | undefined
  const read = async (since: string | undefined): Promise<void> => {
    try {
      const until = await readPages(list, since, add)
      if (reached === undefined || until > reached) reached = until
      missed = 0
    } catch (error) {
      if (missed % ticksBetweenChecks === 0) {
        log.warn({ action: 'sessions.poll', error }, 'Ended sessions could not be read.')
      }
      missed += 1
    }
  }
  const lookBack = (): string | undefined =>
    reached && new Date(Date.parse(reached) - lookBackMs).toISOString()
  const unsubscribe = await bus.subscribe(sessionsEnded, {
    onMessage: add,
    onGap: () => void read(lookBack()),
  })
  await read(undefined)
  const stop = repeat(tickMs, (ticks) => {
    if (ticks % ticksBetweenChecks !== 0) {
      return activity.isIdle() ? Promise.resolve() : read(reached)
    }
    forgetExpired()
    return read(lookBack())
  })
  const stopHearing = activity.onWake(() => read(reached))
  return {
    has: (sessionId) => ended.has(sessionId),
    close: () => {
      stop()
      stopHearing()
      unsubscribe()
    },
  }
}

/** Reads what is new since an instant, or everything that matters, and returns where the next poll begins. */
async function readPages(
  list: EndedSessionsOptions['list'],
  since: string | undefined,
  add: (session: EndedSession) => void,
): Promise<string> {
  let query: Record<string, string> = since === undefined ? {} : { since }
  for (let page = 1; page <= mostPages; page += 1) {
    const { sessions, next, until } = reply.parse(JSON.parse(await list(query)))
    sessions.forEach(add)
    if (next === undefined) return until
    query = { next }
  }
  throw new Error('The list of ended sessions does not end.')
}

/** Runs something at every tick, whether or not the run before has ended, up to a few at once. */
function repeat(everyMs: number, run: (ticks: number) => Promise<void>): () => void {
  let ticks = 0
  let running = 0
  const timer = setInterval(() => {
    ticks += 1
    if (running >= mostAtOnce) return
    running += 1
    void run(ticks).finally(() => (running -= 1))
  }, everyMs)
  timer.unref()
  return () => clearInterval(timer)
}
