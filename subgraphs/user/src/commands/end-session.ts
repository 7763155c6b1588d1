import { toIso } from '@cnop/kit/clock'
import { OutcomeUnknown } from '@cnop/kit/errors'
import { transact, type Write } from '@cnop/kit/transact'
import type { Deps } from '../deps.ts'
import { SessionNotFound } from '../domain/errors.ts'
import type { Session } from '../domain/session.ts'
import { recordSessionEnd, type SessionEnd } from '../events.ts'
import { type EndedSession, putEndedSessionWrite } from '../store/ended-sessions.ts'
import { deleteSessionWrite } from '../store/sessions.ts'

/** The bus channel that tells every router; its message is JSON: `{ sessionId, expiresAt }`. */
export const sessionsEndedChannel = 'sessions.ended'

/** A repeated refresh issues a token a few seconds after the one that the row knows of, and clocks differ. */
const tokenLeewayMs = 60_000

const maxAttempts = 5

/** When a reply is lost, the same is sent again; a session that is gone by then has ended. */
async function writeEnd({ db }: Deps, writes: readonly Write[]): Promise<void> {
  let isUnknown = false
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    try {
      await transact(db, writes)
      return
    } catch (error) {
      if (isUnknown && error instanceof SessionNotFound) return
      if (!(error instanceof OutcomeUnknown)) throw error
      isUnknown = true
    }
  }
  throw new OutcomeUnknown()
}

async function deny(deps: Deps, ended: EndedSession, writes: readonly Write[]): Promise<void> {
  await writeEnd(deps, [...writes, putEndedSessionWrite(deps.table, ended)])
  const { sessionId, expiresAt } = ended
  await deps.bus.publish(sessionsEndedChannel, JSON.stringify({ sessionId, expiresAt }))
}

/**
 * Ends a session: it can no longer be refreshed, and its access tokens are refused until the last has expired.
 * False when it had ended already.
 */
export async function endSession(
  deps: Deps,
  session: Session,
  reason: SessionEnd,
): Promise<boolean> {
  const ended: EndedSession = {
    sessionId: session.id,
    username: session.username,
    endedAt: toIso(deps.now()),
    expiresAt: toIso(Date.parse(session.accessExpiresAt) + tokenLeewayMs),
  }
  try {
    await deny(deps, ended, [deleteSessionWrite(deps.table, session)])
  } catch (error) {
    if (error instanceof SessionNotFound) return false
    throw error
  }
  recordSessionEnd(deps, session.username, session.id, reason)
  return true
}

/** Refuses the access tokens of a session whose row is gone, for as long as any token can live. */
export async function denySession(deps: Deps, username: string, sessionId: string): Promise<void> {
  const nowMs = deps.now()
  const longestMs = Math.max(deps.accessSeconds.SHORT, deps.accessSeconds.LONG) * 1_000
  const expiresAt = toIso(nowMs + longestMs + tokenLeewayMs)
  await deny(deps, { sessionId, username, endedAt: toIso(nowMs), expiresAt }, [])
}
