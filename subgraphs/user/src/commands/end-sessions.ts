import type { Write } from '@cnop/kit/transact'
import type { Session } from '../domain/session.ts'
import { recordSessionKept, type SessionEnd } from '../events.ts'
import { putEndedSessionWrite } from '../store/ended-sessions.ts'
import { listSessions } from '../store/sessions.ts'
import { announceEnds, type EndDeps, endedNow, endSession } from './end-session.ts'

interface EndSessionsOptions {
  readonly username: string
  /** The session to keep, if any. */
  readonly keptId?: string
  readonly reason: SessionEnd
  /**
   * Commits what ends the sessions, together with the given writes, and gives the user's generation afterwards. It is
   * higher than before: from then on no session of an earlier one opens or is refreshed.
   */
  readonly commit: (denials: readonly Write[]) => Promise<bigint>
}

/** Leaves room in the transaction for what ends the sessions. */
const mostDenials = 90
const endsAtOnce = 10

/**
 * Ends the sessions of a user, one aside, and gives how many. Their access tokens are denied in the transaction that
 * ends them, so that an interruption leaves none of them good. What opened or was refreshed between the reading and the
 * commit is of the earlier generation and is ended afterwards.
 */
export async function endSessions(deps: EndDeps, options: EndSessionsOptions): Promise<number> {
  const before = await listOthers(deps, options)
  const denied = before.slice(0, mostDenials).map((session) => endedNow(deps, session))
  const denials = denied.map((ended) => putEndedSessionWrite(deps.store.table, ended))
  const generation = await options.commit(denials)
  await announceEnds(deps, denied)
  const ended = new Set(denied.map(({ sessionId }) => sessionId))
  const others = await listOthers(deps, options)
  const left = others.filter((session) => session.generation < generation)
  for (let first = 0; first < left.length; first += endsAtOnce) {
    const some = left.slice(first, first + endsAtOnce)
    await Promise.all(
      some.map(async (session) => {
        if (await tryEnd(deps, session, options.reason)) ended.add(session.id)
      }),
    )
  }
  return ended.size
}

async function listOthers(
  { store, now }: EndDeps,
  { username, keptId }: EndSessionsOptions,
): Promise<readonly Session[]> {
  const sessions = await listSessions(store, username, now())
  return sessions.filter(({ id }) => id !== keptId)
}

/** The commit is final, and no such session can be refreshed; a failure here does not undo it. */
async function tryEnd(deps: EndDeps, session: Session, reason: SessionEnd): Promise<boolean> {
  try {
    return await endSession(deps, session, reason)
  } catch (error) {
    recordSessionKept(deps, session.username, session.id, error)
    return false
  }
}
