import type { Actor } from '@cnop/kit/identity'
import type { RequestContext } from '../edge/request-context.ts'
import type { SecurityEvent } from './event.ts'

/** The user agents of browsers have a few hundred characters. */
const longestAgent = 200

/** Records an event of a request, with its user, address and user agent. */
export function noteEvent(
  { audit, actor, clientIp, requestId, userAgent }: RequestContext,
  event: SecurityEvent,
): void {
  audit({
    user: actor?.username,
    client_ip: clientIp === '' ? undefined : clientIp,
    request_id: requestId,
    user_agent: userAgent?.slice(0, longestAgent),
    ...event,
  })
}

/** Records that a client is over a limit: `requests`, `cost`, `field:signIn`, `service:order` and the like. */
export function noteLimit(context: RequestContext, limit: string): void {
  context.limitsHit.push(limit)
  noteEvent(context, {
    action: 'limit.hit',
    outcome: 'refused',
    code: 'RATE_LIMITED',
    extra: { limit },
  })
}

/** Records an access to an endpoint of administrators, and whether it was allowed. */
export function noteAdminAccess(
  context: RequestContext,
  { username, role }: Actor,
  endpoint: string,
): void {
  const isAdmin = role === 'admin'
  noteEvent(context, {
    action: 'admin.access',
    outcome: isAdmin ? 'ok' : 'refused',
    code: isAdmin ? undefined : 'FORBIDDEN',
    user: username,
    extra: { endpoint },
  })
}
