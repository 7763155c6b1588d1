import { randomBytes } from 'node:crypto'
import { SignJWT } from 'jose'
import type { UserRole } from '../domain/user.ts'
import type { SigningKey } from './signing-keys.ts'

export interface AccessTokenClaims {
  readonly username: string
  readonly role: UserRole
  readonly sessionId: string
  readonly issuedAtMs: number
  readonly lifetimeSeconds: number
}

export interface TokenIssuer {
  readonly key: SigningKey
  readonly issuer: string
  readonly audience: string
}

export type SignAccessToken = (claims: AccessTokenClaims) => Promise<string>

/** Signs access tokens. `typ` keeps any other token of ours from passing as one. */
export function signAccessTokens({ key, issuer, audience }: TokenIssuer): SignAccessToken {
  const header = { alg: 'ES256', kid: key.keyId, typ: 'JWT' }
  return ({ username, role, sessionId, issuedAtMs, lifetimeSeconds }) => {
    const issuedAt = Math.floor(issuedAtMs / 1_000)
    return new SignJWT({
      role: role === 'ADMIN' ? 'admin' : 'customer',
      typ: 'access',
      sid: sessionId,
    })
      .setProtectedHeader(header)
      .setSubject(username)
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt(issuedAt)
      .setNotBefore(issuedAt)
      .setExpirationTime(issuedAt + lifetimeSeconds)
      .setJti(randomBytes(16).toString('base64url'))
      .sign(key.privateKey)
  }
}
