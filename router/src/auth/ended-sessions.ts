import type { EventBus } from '@cnop/kit/bus'
import type { Clock } from '@cnop/kit/clock'
import type { Log } from '@cnop/kit/log'
import { type MessageOf, sessionsEnded } from '@cnop/schema/events'
import { z } from 'zod'

const endedSessions = z.object({ sessions: z.array(sessionsEnded.type) })

/** An ended session, and when its last access token expires. */
type EndedSession = MessageOf<typeof sessionsEnded>

export interface EndedSessions {
  has(sessionId: string): boolean
  close(): void
}

interface EndedSessionsOptions {
  readonly bus: EventBus
  /** Reads the durable rows as JSON text: of all ended sessions, or of those that ended recently. */
  readonly list: (which: 'all' | 'recent') => Promise<string>
  readonly now: Clock
  readonly log: Log
}

/** A sign-out takes effect within a second: half for the interval, half for the read. */
const tickMs = 500
/** All rows are read again every so many ticks; expired entries are dropped then. */
const ticksBetweenChecks = 60
/** A hanging read does not block the next ones; the number of concurrent reads is bounded. */
const mostAtOnce = 4
/** After this many consecutive failures, the recent rows may not reach back far enough. */
const mostMissed = 20

/**
 * Tracks ended sessions within a second: from the bus at once, and from the durable rows twice a second, because a
 * message can be lost between two processes, and an operator's command may have no bus.
 */
export async function watchEndedSessions(options: EndedSessionsOptions): Promise<EndedSessions> {
  const { bus, list, now, log } = options
  const ended = new Map<string, number>()
  const add = ({ sessionId, expiresAt }: EndedSession): void => {
    ended.set(sessionId, Date.parse(expiresAt))
  }
  const forgetExpired = (): void => {
    for (const [sessionId, expiresAtMs] of ended) if (expiresAtMs <= now()) ended.delete(sessionId)
  }
  let missed = 0
  const read = async (which: 'all' | 'recent'): Promise<void> => {
    try {
      endedSessions.parse(JSON.parse(await list(which))).sessions.forEach(add)
      missed = 0
      if (which === 'all') forgetExpired()
    } catch (error) {
      if (missed % ticksBetweenChecks === 0) {
        log.warn({ action: 'sessions.poll', error }, 'Ended sessions could not be read.')
      }
      missed += 1
    }
  }
  const unsubscribe = await bus.subscribe(sessionsEnded, {
    onMessage: add,
    onGap: () => void read('all'),
  })
  await read('all')
  const stop = repeat(tickMs, (ticks) =>
    read(ticks % ticksBetweenChecks === 0 || missed >= mostMissed ? 'all' : 'recent'),
  )
  return {
    has: (sessionId) => ended.has(sessionId),
    close: () => {
      stop()
      unsubscribe()
    },
  }
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
