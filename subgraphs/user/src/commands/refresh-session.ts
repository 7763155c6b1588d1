import { toIso } from '@cnop/kit/clock'
import { Contention } from '@cnop/kit/errors'
import type { Deps } from '../deps.ts'
import { SessionEnded } from '../domain/errors.ts'
import { judgeRefresh, type Session } from '../domain/session.ts'
import type { User } from '../domain/user.ts'
import { recordRefreshReuse } from '../events.ts'
import { readSession, saveRefresh } from '../store/sessions.ts'
import { readRefreshToken, type RefreshToken, spend, successorOf } from '../tokens/refresh-token.ts'
import { endSession } from './end-session.ts'
import { expiries, issueTokens, type SessionTokens } from './issue-tokens.ts'

const maxAttempts = 3

/** Exchanges a refresh token for a new pair. A token that was spent before, grace aside, ends its session. */
export async function refreshSession(deps: Deps, refreshToken: string): Promise<SessionTokens> {
  const token = readRefreshToken(refreshToken)
  if (!token) throw new SessionEnded()
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    const tokens = await tryRefresh(deps, token)
    if (tokens) return tokens
  }
  throw new Contention()
}

/** Undefined when another refresh of the same token was quicker: then it is in its grace, and reading again tells so. */
async function tryRefresh(deps: Deps, token: RefreshToken): Promise<SessionTokens | undefined> {
  const nowMs = deps.now()
  const { user, session } = await readOpenSession(deps, token)
  switch (judgeRefresh(session, token, nowMs)) {
    case 'ROTATE':
      return rotate(deps, { user, session, nowMs }, token)
    case 'REPEAT':
      return issueTokens(deps, { user, session, nowMs }, successorOf(token, session.refresh.salt))
    case 'REUSED':
      recordRefreshReuse(deps, user.username, session.id)
      await endSession(deps, session, 'REUSED')
      throw new SessionEnded({ username: user.username, sessionId: session.id })
    case 'UNKNOWN':
      throw new SessionEnded()
  }
}

async function readOpenSession(
  deps: Deps,
  { username, sessionId }: RefreshToken,
): Promise<{ user: User; session: Session }> {
  const { session, credentials } = await readSession(deps.db, deps.table, username, sessionId)
  // A password change ends the others one by one; this holds even if it was interrupted.
  const isOfToday = session?.generation === credentials?.generation
  if (!session || !credentials || !isOfToday) throw new SessionEnded()
  return { user: credentials.user, session }
}

async function rotate(
  deps: Deps,
  { user, session, nowMs }: { user: User; session: Session; nowMs: number },
  token: RefreshToken,
): Promise<SessionTokens | undefined> {
  const next = spend(token, session.refresh, nowMs)
  const refreshed: Session = {
    ...session,
    ...expiries(deps, session.lifetime, nowMs),
    lastUsedAt: toIso(nowMs),
    refresh: next.refresh,
  }
  const isSaved = await saveRefresh(deps.db, deps.table, refreshed, token.secretHash)
  return isSaved ? issueTokens(deps, { user, session: refreshed, nowMs }, next.token) : undefined
}
