import { setTimeout as delay } from 'node:timers/promises'
import type { EventBus } from '@cnop/kit/bus'
import type { Clock } from '@cnop/kit/clock'
import type { Log } from '@cnop/kit/log'
import { z } from 'zod'

const endedSession = z.object({ sessionId: z.string(), expiresAt: z.iso.datetime() })
const endedSessions = z.object({ sessions: z.array(endedSession) })

/** A session that ended, and when the last access token of it has expired. */
type EndedSession = z.infer<typeof endedSession>

export interface EndedSessions {
  has(sessionId: string): boolean
  close(): void
}

interface EndedSessionsOptions {
  readonly bus: EventBus
  /** Reads the durable rows, the truth behind the bus, as JSON text. */
  readonly list: () => Promise<string>
  /** Whether the bus can deliver now. */
  readonly isPushed: () => Promise<boolean>
  readonly now: Clock
  readonly log: Log
}

const sessionsEndedChannel = 'sessions.ended'
/** Half of the second that a sign-out may take to be known, so that a reading has the other half. */
const tickMs = 500
/** A Redis that takes longer to answer is as good as down. */
const pushDeadlineMs = 250
/** Rows are read again this often even when nothing seems to have been missed, in ticks. */
const ticksBetweenChecks = 60

/**
 * Knows every ended session within a second: told by the bus at once; while that is down, and after it was,
 * from the durable rows. So neither a lost message nor a dead Redis lets a signed-out token in for longer.
 */
export async function watchEndedSessions(options: EndedSessionsOptions): Promise<EndedSessions> {
  const { bus, list, isPushed, now, log } = options
  const ended = new Map<string, number>()
  const add = ({ sessionId, expiresAt }: EndedSession): void => {
    ended.set(sessionId, Date.parse(expiresAt))
  }
  const refresh = async (): Promise<void> => {
    endedSessions.parse(JSON.parse(await list())).sessions.forEach(add)
    for (const [sessionId, expiresAtMs] of ended) if (expiresAtMs <= now()) ended.delete(sessionId)
  }
  const refreshOrWarn = (): void => {
    refresh().catch((error: unknown) =>
      log.warn({ action: 'sessions.poll', error }, 'Ended sessions could not be read.'),
    )
  }
  const unsubscribe = await bus.subscribe(sessionsEndedChannel, {
    onMessage: (message) => add(endedSession.parse(JSON.parse(message))),
    onGap: refreshOrWarn,
  })
  refreshOrWarn()
  let ticks = 0
  const tick = async (): Promise<void> => {
    ticks += 1
    const isTold = await Promise.race([isPushed(), delay(pushDeadlineMs, false)])
    if (ticks % ticksBetweenChecks === 0 || !isTold) refreshOrWarn()
  }
  const timer = setInterval(() => void tick(), tickMs)
  timer.unref()
  return {
    has: (sessionId) => ended.has(sessionId),
    close: () => {
      clearInterval(timer)
      unsubscribe()
    },
  }
}
