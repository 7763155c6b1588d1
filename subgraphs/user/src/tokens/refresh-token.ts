import { createHash, createHmac, randomBytes } from 'node:crypto'
import type { PresentedToken, RefreshFamily } from '../domain/session.ts'

/** A parsed refresh token. It contains the session id, so that one read finds the session; the rest is random. */
export interface RefreshToken extends PresentedToken {
  readonly username: string
  readonly sessionId: string
  readonly family: string
  readonly secret: string
}

const shape = /^([a-z0-9_]{6,30})\.([A-Za-z0-9_]{1,64})\.([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/

const hash = (text: string): string => createHash('sha256').update(text).digest('base64url')

const write = (username: string, sessionId: string, family: string, secret: string): string =>
  [username, sessionId, family, secret].join('.')

/** Starts a family; only the hashes are kept. */
export function startFamily(
  username: string,
  sessionId: string,
): { token: string; refresh: RefreshFamily } {
  const family = randomBytes(16).toString('base64url')
  const secret = randomBytes(32).toString('base64url')
  const refresh = {
    familyHash: hash(family),
    currentHash: hash(secret),
    previousHash: undefined,
    spentAtMs: 0,
    spentBy: undefined,
    salt: '',
  }
  return { token: write(username, sessionId, family, secret), refresh }
}

/** Parses a token; undefined for a malformed one. */
export function readRefreshToken(text: string): RefreshToken | undefined {
  const [, username, sessionId, family, secret] = shape.exec(text) ?? []
  if (!username || !sessionId || !family || !secret) return undefined
  return {
    username,
    sessionId,
    family,
    secret,
    familyHash: hash(family),
    secretHash: hash(secret),
  }
}

/** The token after this one. It takes both the token and the salt to derive it. */
export function successorOf(token: RefreshToken, salt: string): string {
  const secret = createHmac('sha256', salt).update(token.secret).digest('base64url')
  return write(token.username, token.sessionId, token.family, secret)
}

/** Spends a token: its family afterwards, and the token that replaces it. */
export function spend(
  token: RefreshToken,
  refresh: RefreshFamily,
  { device, nowMs }: { readonly device: string; readonly nowMs: number },
): { token: string; refresh: RefreshFamily } {
  const salt = randomBytes(32).toString('base64url')
  const successor = successorOf(token, salt)
  const secret = successor.slice(successor.lastIndexOf('.') + 1)
  return {
    token: successor,
    refresh: {
      ...refresh,
      currentHash: hash(secret),
      previousHash: token.secretHash,
      spentAtMs: nowMs,
      spentBy: device,
      salt,
    },
  }
}
