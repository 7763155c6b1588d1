import type { Clock } from '@cnop/kit/clock'
import { noteEvent } from '../audit/note-event.ts'
import type { JWTVerifyGetKey } from 'jose'
import { Refusal } from '../errors/refusal.ts'
import type { Exchange } from '../edge/request-context.ts'
import type { EndedSessions } from './ended-sessions.ts'
import { type TokenRules, type VerifiedToken, verifyToken } from './token.ts'

/** Turns a token into an actor, or refuses with UNAUTHENTICATED. `null` stands for a malformed header. */
export type Authenticate = (token: string | null, exchange: Exchange) => Promise<VerifiedToken>

interface AuthenticateOptions {
  readonly keys: JWTVerifyGetKey
  readonly rules: TokenRules
  readonly endedSessions: EndedSessions
  readonly now: Clock
}

export function createAuthenticate({
  keys,
  rules,
  endedSessions,
  now,
}: AuthenticateOptions): Authenticate {
  return async (token, exchange) => {
    const verified =
      token === null
        ? { refused: 'malformed header' }
        : await verifyToken(token, keys, rules, now())
    if ('refused' in verified) return refuse(exchange, verified.refused)
    const { username, sessionId } = verified.actor
    if (endedSessions.has(sessionId)) return refuse(exchange, 'session ended', username)
    return verified
  }
}

/** Only what a verified token says of its user is told. */
function refuse(exchange: Exchange, reason: string, user?: string): never {
  const event = { action: 'token.refused', outcome: 'refused', code: 'UNAUTHENTICATED' } as const
  noteEvent(exchange, { ...event, user, extra: { reason } })
  exchange.log.warn({ action: 'token.refused', extra: { reason } }, 'A token was refused.')
  throw new Refusal('UNAUTHENTICATED')
}
