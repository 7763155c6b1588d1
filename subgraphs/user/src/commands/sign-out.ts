import { toIso } from '@cnop/kit/clock'
import { BadInput } from '@cnop/kit/errors'
import type { Actor } from '@cnop/kit/identity'
import type { Deps } from '../deps.ts'
import { SessionEnded, SessionNotFound } from '../domain/errors.ts'
import { isOpen } from '../domain/session.ts'
import { readSession } from '../store/sessions.ts'
import { readRefreshToken } from '../tokens/refresh-token.ts'
import { denySession, endSession } from './end-session.ts'

/** Ends the session that the access token belongs to, also when its refresh token ran out before. */
export async function signOut(deps: Deps, { username, sessionId }: Actor): Promise<string> {
  const { session } = await readSession(deps.store, username, sessionId)
  const hasEnded = session !== undefined && (await endSession(deps, session, 'SIGN_OUT'))
  if (!hasEnded) await denySession(deps, username, sessionId)
  return toIso(deps.now())
}

const sessionIdShape = /^[A-Za-z0-9_]{1,64}$/

/** Ends any one of the caller's sessions. The session of another user is not found. */
export async function revokeSession(
  deps: Deps,
  { username }: Actor,
  sessionId: string,
): Promise<string> {
  if (!sessionIdShape.test(sessionId)) {
    throw new BadInput('sessionId', 'must be 1 to 64 letters, digits or underscores')
  }
  const { session } = await readSession(deps.store, username, sessionId)
  if (!session || !isOpen(session, deps.now())) throw new SessionNotFound()
  if (!(await endSession(deps, session, 'REVOKED'))) throw new SessionNotFound()
  return sessionId
}

/**
 * Ends the session of a refresh token, with no access token needed: a holder of any token of the family, spent or
 * not, may end it. Refused as `SESSION_ENDED` for a made-up token and for a session that has ended.
 */
export async function revokeRefreshToken(deps: Deps, refreshToken: string): Promise<string> {
  const token = readRefreshToken(refreshToken)
  if (!token) throw new SessionEnded()
  const { session } = await readSession(deps.store, token.username, token.sessionId)
  if (session?.refresh.familyHash !== token.familyHash) throw new SessionEnded()
  if (!(await endSession(deps, session, 'SIGN_OUT'))) throw new SessionEnded()
  return session.id
}
