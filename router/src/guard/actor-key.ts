import type { Exchange } from '../edge/request-context.ts'

/** Whose budget a request uses: the signed-in user's, or its address's. */
export const actorKey = ({ actor, clientIp }: Pick<Exchange, 'actor' | 'clientIp'>): string =>
  actor ? `user:${actor.username}` : `ip:${clientIp}`
