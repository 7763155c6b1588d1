import type { Actor } from '@cnop/kit/identity'
import type { Exchange } from '../edge/request-context.ts'
import type { SecurityEvent } from './event.ts'

/** A browser's own description is some hundred characters long. */
const longestAgent = 200

/** Records something that a request has brought about, with who sent it and from where. */
export function noteEvent(
  { audit, actor, clientIp, requestId, userAgent }: Exchange,
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
export function noteLimit(exchange: Exchange, limit: string): void {
  noteEvent(exchange, {
    action: 'limit.hit',
    outcome: 'refused',
    code: 'RATE_LIMITED',
    extra: { limit },
  })
}

/** Records that somebody has come to a door of administrators, and whether it was opened. */
export function noteAdminAccess(exchange: Exchange, { username, role }: Actor, door: string): void {
  const isAdmin = role === 'admin'
  noteEvent(exchange, {
    action: 'admin.access',
    outcome: isAdmin ? 'ok' : 'refused',
    code: isAdmin ? undefined : 'FORBIDDEN',
    user: username,
    extra: { door },
  })
}
