import { toIso } from '@cnop/kit/clock'
import { Contention } from '@cnop/kit/errors'
import type { Deps } from '../deps.ts'
import { type Client, type Device, identifyDevice } from '../domain/device.ts'
import { SessionEnded } from '../domain/errors.ts'
import { judgeRefresh, type Session } from '../domain/session.ts'
import type { User } from '../domain/user.ts'
import { recordRefreshReuse } from '../events.ts'
import type { RefreshSessionInput } from '../generated/resolvers.ts'
import { readSession, saveRefresh } from '../store/sessions.ts'
import { readRefreshToken, type RefreshToken, spend, successorOf } from '../tokens/refresh-token.ts'
import { endSession } from './end-session.ts'
import { expiries, issueTokens, sessionEndMs, type SessionTokens } from './issue-tokens.ts'

/** The presented token and device. */
interface Presented {
  readonly token: RefreshToken
  /** Named by its device token, if it sent a valid one. */
  readonly device: Device | undefined
  /** The hash that identifies the device in either case. */
  readonly deviceHash: string
}

const maxAttempts = 3

/**
 * Issues a new pair of tokens for a refresh token. A token that was spent before ends its session, unless the device that
 * spent it repeats the request within the grace period.
 */
export async function refreshSession(
  deps: Deps,
  input: RefreshSessionInput,
  client: Client,
): Promise<SessionTokens> {
  const token = readRefreshToken(input.refreshToken)
  if (!token) throw new SessionEnded()
  const device = await deps.devices.read(input.deviceToken)
  const presented = { token, device, deviceHash: identifyDevice(device, client) }
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    const tokens = await tryRefresh(deps, presented)
    if (tokens) return tokens
  }
  throw new Contention()
}

/** Undefined when another refresh of the same token came first; a second read shows which device it was. */
async function tryRefresh(deps: Deps, presented: Presented): Promise<SessionTokens | undefined> {
  const nowMs = deps.now()
  const { token, device, deviceHash } = presented
  const { user, session } = await readOpenSession(deps, token, nowMs)
  switch (judgeRefresh(session, token, { device: deviceHash, nowMs })) {
    case 'ROTATE':
      return rotate(deps, { user, session, nowMs }, presented)
    case 'REPEAT': {
      const refreshToken = successorOf(token, session.refresh.salt)
      return issueTokens(deps, { user, session, refreshToken, device, nowMs })
    }
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
  nowMs: number,
): Promise<{ user: User; session: Session }> {
  const { session, credentials } = await readSession(deps.store, username, sessionId)
  // A change of password or role ends sessions one by one; this holds even if it was interrupted.
  const isOfToday = session?.generation === credentials?.generation
  if (!session || !credentials || !isOfToday) throw new SessionEnded()
  // The row may have been written when sessions were allowed to last longer.
  if (nowMs >= sessionEndMs(deps, session)) throw new SessionEnded()
  return { user: credentials.user, session }
}

async function rotate(
  deps: Deps,
  { user, session, nowMs }: { user: User; session: Session; nowMs: number },
  { token, device, deviceHash }: Presented,
): Promise<SessionTokens | undefined> {
  const next = spend(token, session.refresh, { device: deviceHash, nowMs })
  const refreshed: Session = {
    ...session,
    ...expiries(deps, session, nowMs),
    lastUsedAt: toIso(nowMs),
    refresh: next.refresh,
  }
  const isSaved = await saveRefresh(deps.store, refreshed, token.secretHash)
  if (!isSaved) return undefined
  return issueTokens(deps, { user, session: refreshed, refreshToken: next.token, device, nowMs })
}
