import type { Actor } from '@cnop/kit/identity'
import type { Clock } from '@cnop/kit/clock'
import type { JWTVerifyGetKey } from 'jose'
import { Refusal } from '../errors/refusal.ts'
import type { Exchange } from '../exchange.ts'
import type { EndedSessions } from './ended-sessions.ts'
import { type TokenRules, verifyToken } from './token.ts'

/** Turns a token into an actor, or refuses with UNAUTHENTICATED. `null` stands for a malformed header. */
export type Authenticate = (token: string | null, exchange: Exchange) => Promise<Actor>

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
    if (endedSessions.has(verified.actor.sessionId)) return refuse(exchange, 'session ended')
    return verified.actor
  }
}

function refuse(exchange: Exchange, reason: string): never {
  exchange.log.warn({ action: 'token.refused', extra: { reason } }, 'A token was refused.')
  throw new Refusal('UNAUTHENTICATED')
}
