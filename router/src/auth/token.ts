import type { Actor } from '@cnop/kit/identity'
import { errors, jwtVerify, type JWTVerifyGetKey } from 'jose'

export interface TokenRules {
  readonly issuer: string
  readonly audience: string
}

/** A token that names an actor and has not expired. */
export interface VerifiedToken {
  readonly actor: Actor
  readonly expiresAtMs: number
}

/** Why a token was refused; told to operators, never to the caller. */
export interface RefusedToken {
  readonly refused: string
}

/** The longest token that is looked at, in characters. */
const maxLength = 4096

/** Reads an access token: ES256 only, our issuer and audience, `typ` access, not expired, not yet ended. */
export async function verifyToken(
  token: string,
  keys: JWTVerifyGetKey,
  rules: TokenRules,
  nowMs: number,
): Promise<VerifiedToken | RefusedToken> {
  if (token.length > maxLength) return { refused: 'too long' }
  try {
    const { payload } = await jwtVerify(token, keys, {
      ...rules,
      algorithms: ['ES256'],
      currentDate: new Date(nowMs),
      requiredClaims: ['sub', 'exp', 'iat', 'jti'],
    })
    const { sub, exp, sid, role, typ } = payload
    if (typ !== 'access') return { refused: 'not an access token' }
    if (typeof sid !== 'string' || !sub || exp === undefined)
      return { refused: 'claims are missing' }
    const actor: Actor = {
      username: sub,
      role: role === 'admin' ? 'admin' : 'customer',
      sessionId: sid,
    }
    return { actor, expiresAtMs: exp * 1000 }
  } catch (error) {
    if (error instanceof errors.JOSEError) return { refused: error.code }
    throw error
  }
}

/** The token of an Authorization header: undefined without one, null when the header is malformed. */
export function bearerToken(header: string | undefined): string | null | undefined {
  if (header === undefined) return undefined
  const [scheme, token, ...rest] = header.split(' ')
  return scheme === 'Bearer' && token && rest.length === 0 ? token : null
}
