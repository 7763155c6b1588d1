import { toIso } from '@cnop/kit/clock'
import type { Deps } from '../deps.ts'
import type { AccessTokenLifetime, Session } from '../domain/session.ts'
import type { User } from '../domain/user.ts'

/** What a client receives for a session. */
export interface SessionTokens {
  readonly accessToken: string
  readonly expiresInSeconds: number
  readonly refreshToken: string
  readonly refreshExpiresInSeconds: number
  readonly username: string
}

/** When tokens that are issued now run out. */
export function expiries(
  deps: Deps,
  lifetime: AccessTokenLifetime,
  nowMs: number,
): Pick<Session, 'expiresAt' | 'accessExpiresAt'> {
  return {
    expiresAt: toIso(nowMs + deps.refreshSeconds * 1_000),
    accessExpiresAt: toIso(nowMs + deps.accessSeconds[lifetime] * 1_000),
  }
}

/** Signs an access token for a session and puts it beside the refresh token. The role is the one of this moment. */
export async function issueTokens(
  deps: Deps,
  { user, session, nowMs }: { user: User; session: Session; nowMs: number },
  refreshToken: string,
): Promise<SessionTokens> {
  const { username, role } = user
  const lifetimeSeconds = deps.accessSeconds[session.lifetime]
  const accessToken = await deps.signAccessToken({
    username,
    role,
    sessionId: session.id,
    issuedAtMs: nowMs,
    lifetimeSeconds,
  })
  return {
    accessToken,
    expiresInSeconds: lifetimeSeconds,
    refreshToken,
    refreshExpiresInSeconds: Math.floor((Date.parse(session.expiresAt) - nowMs) / 1_000),
    username,
  }
}
