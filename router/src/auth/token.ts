import type { Actor } from '@cnop/kit/identity'
import { isCanonicalToken } from '@cnop/kit/base64url'
import { errors, type JWTPayload, jwtVerify, type JWTVerifyGetKey } from 'jose'

export interface TokenRules {
  readonly issuer: string
  readonly audience: string
}

/** A token that names an actor and has not expired. */
export interface VerifiedToken {
  readonly actor: Actor
  readonly expiresAtMs: number
}

/** Why a token was refused: logged, never sent to the caller. */
export interface RefusedToken {
  readonly refused: string
}

/** In characters; longer tokens are not parsed. */
const maxLength = 4096

/** The tolerated clock skew of the issuer, in seconds. It never extends the life of a token. */
const leewaySeconds = 5

/**
 * Reads an access token: ES256 only, our issuer and audience, `typ` access, not expired, neither issued nor valid from
 * later than now. `nbf` and `iat` may be up to five seconds ahead; `exp` is exact.
 */
export async function verifyToken(
  token: string,
  keys: JWTVerifyGetKey,
  rules: TokenRules,
  nowMs: number,
): Promise<VerifiedToken | RefusedToken> {
  if (token.length > maxLength) return { refused: 'too long' }
  if (!isCanonicalToken(token)) return { refused: 'not canonical base64url' }
  try {
    const { payload } = await jwtVerify(token, keys, {
      ...rules,
      algorithms: ['ES256'],
      currentDate: new Date(nowMs),
      clockTolerance: leewaySeconds,
      requiredClaims: ['sub', 'exp', 'iat', 'jti'],
    })
    return readClaims(payload, Math.floor(nowMs / 1000))
  } catch (error) {
    if (error instanceof errors.JOSEError) return { refused: error.code }
    throw error
  }
}

/** Checks that the library leaves out: its tolerance also covers `exp`, and it does not compare `iat`. */
function readClaims(
  { sub, exp, iat, sid, role, typ }: JWTPayload,
  nowSeconds: number,
): VerifiedToken | RefusedToken {
  if (typeof sid !== 'string' || !sub || exp === undefined || iat === undefined) {
    return { refused: 'claims are missing' }
  }
  if (exp <= nowSeconds) return { refused: 'ERR_JWT_EXPIRED' }
  if (iat > nowSeconds + leewaySeconds) return { refused: 'issued later than now' }
  if (typ !== 'access') return { refused: 'not an access token' }
  const actor: Actor = {
    username: sub,
    role: role === 'admin' ? 'admin' : 'customer',
    sessionId: sid,
  }
  return { actor, expiresAtMs: exp * 1000 }
}

/** One or more spaces between scheme and token, and the scheme in any case, as RFC 9110 has it. */
const bearerForm = /^bearer +([^\s]+)$/i

/** The token of an Authorization header: undefined without one, null when the header is malformed. */
export function bearerToken(header: string | undefined): string | null | undefined {
  return header === undefined ? undefined : (bearerForm.exec(header.trim())?.[1] ?? null)
}

/** The session that a refresh token names. Only the user subgraph can verify it. */
export interface ClaimedSession {
  readonly username: string
  readonly sessionId: string
}

const refreshTokenForm =
  /^([a-z0-9_]{6,30})\.([A-Za-z0-9_]{1,64})\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}$/

/** Reads the session that a refresh token names; undefined for text that cannot be one. */
export function claimedSession(refreshToken: string): ClaimedSession | undefined {
  const [, username, sessionId] = refreshTokenForm.exec(refreshToken) ?? []
  return username && sessionId ? { username, sessionId } : undefined
}
