import { toIso } from '@cnop/kit/clock'

/** SHORT for the dashboard, which refreshes automatically; LONG for REST clients, which do not. */
export type AccessTokenLifetime = 'SHORT' | 'LONG'

/** A sign-in that has not ended, and the refresh family that keeps it alive. Only hashes of its tokens are known. */
export interface Session {
  readonly id: string
  readonly username: string
  readonly createdAt: string
  readonly lastUsedAt: string
  /** When the refresh token runs out. */
  readonly expiresAt: string
  /** When the last access token that was issued runs out; the session is on the denylist that long after its end. */
  readonly accessExpiresAt: string
  readonly lifetime: AccessTokenLifetime
  /** The user's count of password changes that the session belongs to; with another count it has ended. */
  readonly generation: bigint
  readonly userAgent: string | undefined
  readonly refresh: RefreshFamily
}

/**
 * Each refresh token spends its predecessor. All tokens of a family share one random part, so that a spent token
 * can be distinguished from a guess without a row for each. The next secret is derived from the presented one and a salt that
 * only the store knows: two tabs that present the same token receive the same successor.
 */
export interface RefreshFamily {
  readonly familyHash: string
  readonly currentHash: string
  readonly previousHash: string | undefined
  readonly spentAtMs: number
  /** The device that presented the previous token; undefined before the first refresh. */
  readonly spentBy: string | undefined
  readonly salt: string
}

/**
 * The last spent token stays good this long for the device that spent it: two tabs refresh at the same moment, or a
 * reply is lost.
 */
const refreshGraceMs = 10_000

export interface PresentedToken {
  readonly familyHash: string
  readonly secretHash: string
}

/**
 * ROTATE: the token in force; spend it. REPEAT: spent recently by this device; return its successor again.
 * REUSED: spent before, or by another device; it may have been stolen, so the session ends.
 * UNKNOWN: never was a token of this session.
 */
export type RefreshVerdict = 'ROTATE' | 'REPEAT' | 'REUSED' | 'UNKNOWN'

export function judgeRefresh(
  session: Session,
  token: PresentedToken,
  { device, nowMs }: { readonly device: string; readonly nowMs: number },
): RefreshVerdict {
  const { refresh } = session
  if (token.familyHash !== refresh.familyHash || !isOpen(session, nowMs)) return 'UNKNOWN'
  if (token.secretHash === refresh.currentHash) return 'ROTATE'
  const isRepeat =
    token.secretHash === refresh.previousHash &&
    nowMs < refresh.spentAtMs + refreshGraceMs &&
    device === refresh.spentBy
  return isRepeat ? 'REPEAT' : 'REUSED'
}

/** Whether a session can still be refreshed. */
export const isOpen = (session: Session, nowMs: number): boolean => session.expiresAt > toIso(nowMs)
