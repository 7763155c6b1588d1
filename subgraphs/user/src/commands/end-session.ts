import { toIso } from '@cnop/kit/clock'
import { transactKnowing, type Write } from '@cnop/kit/transact'
import { sessionsEnded } from '@cnop/schema/events'
import type { Deps } from '../deps.ts'
import { SessionNotFound } from '../domain/errors.ts'
import type { Session } from '../domain/session.ts'
import { recordSessionEnd, type SessionEnd } from '../events.ts'
import { type EndedSession, putEndedSessionWrite } from '../store/ended-sessions.ts'
import { deleteSessionWrite } from '../store/sessions.ts'

/** The dependencies of ending a session; operator commands use them too. */
export type EndDeps = Pick<Deps, 'store' | 'bus' | 'now' | 'log' | 'accessSeconds' | 'noteEnd'>

/** A repeated refresh issues a token a few seconds after the one in the row, and clocks differ. */
const tokenLeewayMs = 60_000

/** Publishes sessions whose denylist rows are written to every router. */
export async function announceEnds(
  { bus, noteEnd }: EndDeps,
  ended: readonly EndedSession[],
): Promise<void> {
  for (const { sessionId } of ended) noteEnd?.(sessionId)
  await Promise.all(
    ended.map(({ sessionId, expiresAt }) => bus.publish(sessionsEnded, { sessionId, expiresAt })),
  )
}

async function deny(deps: EndDeps, ended: EndedSession, writes: readonly Write[]): Promise<void> {
  const { db, table } = deps.store
  // A session that is gone after a lost reply has ended.
  const isGone = (refusal: unknown): boolean => refusal instanceof SessionNotFound
  await transactKnowing(db, [...writes, putEndedSessionWrite(table, ended)], isGone)
  await announceEnds(deps, [ended])
}

/**
 * The denylist row of a session that ends now. It outlives every access token of the session: the last one in the row,
 * and one that a concurrent refresh may have issued.
 */
export function endedNow(deps: EndDeps, session: Session): EndedSession {
  const nowMs = deps.now()
  const latestMs = nowMs + deps.accessSeconds[session.lifetime] * 1_000
  const lastTokenMs = Math.max(Date.parse(session.accessExpiresAt), latestMs)
  return {
    sessionId: session.id,
    username: session.username,
    endedAt: toIso(nowMs),
    expiresAt: toIso(lastTokenMs + tokenLeewayMs),
  }
}

/**
 * Ends a session: it can no longer be refreshed, and its access tokens are refused until the last has expired.
 * False when it had ended already.
 */
export async function endSession(
  deps: EndDeps,
  session: Session,
  reason: SessionEnd,
): Promise<boolean> {
  try {
    await deny(deps, endedNow(deps, session), [deleteSessionWrite(deps.store.table, session)])
  } catch (error) {
    if (error instanceof SessionNotFound) return false
    throw error
  }
  recordSessionEnd(deps, session.username, session.id, reason)
  return true
}

/** Refuses the access tokens of a session whose row is gone, for as long as any token can live. */
export async function denySession(
  deps: EndDeps,
  username: string,
  sessionId: string,
): Promise<void> {
  const nowMs = deps.now()
  const longestMs = Math.max(deps.accessSeconds.SHORT, deps.accessSeconds.LONG) * 1_000
  const expiresAt = toIso(nowMs + longestMs + tokenLeewayMs)
  await deny(deps, { sessionId, username, endedAt: toIso(nowMs), expiresAt }, [])
}
