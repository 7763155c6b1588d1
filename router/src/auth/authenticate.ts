import { performance } from 'node:perf_hooks'
import type { Clock } from '@cnop/kit/clock'
import { createServiceMetrics } from '@cnop/kit/metrics'
import type { Registry } from 'prom-client'
import { noteEvent } from '../audit/note-event.ts'
import type { JWTVerifyGetKey } from 'jose'
import { Refusal } from '../errors/refusal.ts'
import { statusOf } from '../errors/status.ts'
import type { RequestContext } from '../edge/request-context.ts'
import type { OperationGuard } from '../operations/operation-stages.ts'
import type { EndedSessions } from './ended-sessions.ts'
import { type TokenRules, type VerifiedToken, verifyToken } from './token.ts'

/** Turns a token into an actor, or refuses with UNAUTHENTICATED, or SESSION_ENDED for a session that has ended. `null` stands for a malformed header. */
export type Authenticate = (token: string | null, context: RequestContext) => Promise<VerifiedToken>

interface AuthenticateOptions {
  readonly keys: JWTVerifyGetKey
  readonly rules: TokenRules
  readonly endedSessions: EndedSessions
  readonly now: Clock
  readonly registry: Registry
}

export function createAuthenticate({
  keys,
  rules,
  endedSessions,
  now,
  registry,
}: AuthenticateOptions): Authenticate {
  const metrics = createServiceMetrics('auth', registry)
  const authenticate: Authenticate = async (token, context) => {
    const verified =
      token === null
        ? { refused: 'malformed header' }
        : await verifyToken(token, keys, rules, now())
    if ('refused' in verified) {
      return refuse(context, { code: 'UNAUTHENTICATED', reason: verified.refused })
    }
    const { username, sessionId } = verified.actor
    if (endedSessions.has(sessionId))
      return refuse(context, { code: 'SESSION_ENDED', reason: 'session ended', user: username })
    return verified
  }
  return async (token, context) => {
    const startedAt = performance.now()
    let status = 200
    try {
      return await authenticate(token, context)
    } catch (error) {
      status = error instanceof Refusal ? statusOf[error.code] : 500
      throw error
    } finally {
      metrics.observe('verify_token', status, (performance.now() - startedAt) / 1000)
    }
  }
}

/** Whether the session of an accepted token has ended since: by an earlier field of the request, or by another request. */
export const hasSessionEnded = (
  { actor, sessionEnded }: RequestContext,
  ended: Pick<EndedSessions, 'has'>,
): boolean => sessionEnded === true || (actor !== undefined && ended.has(actor.sessionId))

/** Refuses an operation whose body came so late that the session of its caller has ended. */
export function guardSession(ended: Pick<EndedSessions, 'has'>): OperationGuard {
  return ({ context }) => {
    if (!hasSessionEnded(context, ended)) return undefined
    const user = context.actor?.username
    return refuse(context, {
      code: 'SESSION_ENDED',
      reason: 'session ended',
      ...(user && { user }),
    })
  }
}

interface TokenRefusal {
  readonly code: 'UNAUTHENTICATED' | 'SESSION_ENDED'
  readonly reason: string
  /** Only the claims of a verified token are recorded. */
  readonly user?: string
}

function refuse(context: RequestContext, { code, reason, user }: TokenRefusal): never {
  noteEvent(context, { action: 'token.refused', outcome: 'refused', code, user, extra: { reason } })
  context.log.warn({ action: 'token.refused', extra: { reason } }, 'A token was refused.')
  throw new Refusal(code)
}
