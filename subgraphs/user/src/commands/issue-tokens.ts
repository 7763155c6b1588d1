import { toIso } from '@cnop/kit/clock'
import { isGuestSession } from '@cnop/kit/demo'
import type { Deps } from '../deps.ts'
import { unusedDemoMs } from '../domain/demo.ts'
import type { Device } from '../domain/device.ts'
import type { Session } from '../domain/session.ts'
import type { User } from '../domain/user.ts'

/** What a client receives for a session. */
export interface SessionTokens {
  readonly accessToken: string
  readonly expiresInSeconds: number
  readonly refreshToken: string
  readonly refreshExpiresInSeconds: number
  /** Undefined for a refresh that came without a device token. */
  readonly deviceToken: string | undefined
  readonly username: string
}

type SessionTimes = Pick<Deps, 'accessSeconds' | 'refreshSeconds' | 'sessionSeconds'>

/** When a session ends however often it is refreshed, in milliseconds. */
export const sessionEndMs = (
  { sessionSeconds }: Pick<Deps, 'sessionSeconds'>,
  { createdAt }: Pick<Session, 'createdAt'>,
): number => Date.parse(createdAt) + sessionSeconds * 1_000

/** When tokens that are issued now run out; none outlives its session. */
export function expiries(
  deps: SessionTimes,
  session: Pick<Session, 'id' | 'createdAt' | 'lifetime'>,
  nowMs: number,
): Pick<Session, 'expiresAt' | 'accessExpiresAt'> {
  const endMs = sessionEndMs(deps, session)
  // The account of a guest ends with its session.
  const unusedMs = isGuestSession({ sessionId: session.id }) ? unusedDemoMs : Infinity
  const accessMs = deps.accessSeconds[session.lifetime] * 1_000
  return {
    expiresAt: toIso(Math.min(nowMs + deps.refreshSeconds * 1_000, nowMs + unusedMs, endMs)),
    accessExpiresAt: toIso(Math.min(nowMs + accessMs, endMs)),
  }
}

const secondsUntil = (iso: string, nowMs: number): number =>
  Math.max(1, Math.floor((Date.parse(iso) - nowMs) / 1_000))

interface Issue {
  readonly user: User
  readonly session: Session
  readonly refreshToken: string
  readonly device: Device | undefined
  readonly nowMs: number
}

/** Signs an access token for a session and puts it beside the other tokens. The role is the one of this moment. */
export async function issueTokens(
  deps: Deps,
  { user, session, refreshToken, device, nowMs }: Issue,
): Promise<SessionTokens> {
  const { username, role } = user
  const { accessExpiresAt } = expiries(deps, session, nowMs)
  const lifetimeSeconds = secondsUntil(accessExpiresAt, nowMs)
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
    refreshExpiresInSeconds: secondsUntil(session.expiresAt, nowMs),
    deviceToken: device && (await deps.devices.sign(device)),
    username,
  }
}
