import type { IncomingHttpHeaders } from 'node:http'
import { Refusal } from '../errors/refusal.ts'

/**
 * Refuses pages of other origins, which act with the cookies and the quota of the user. The own origin is compared by host name,
 * because a proxy may use another port.
 */
export function refuseForeignOrigin(
  { origin, host }: IncomingHttpHeaders,
  allowedOrigins: readonly string[],
  what: string,
): void {
  if (origin === undefined || allowedOrigins.includes(origin)) return
  const own = hostname(`http://${host ?? ''}`)
  if (own === undefined || hostname(origin) !== own) {
    throw new Refusal('CSRF_REFUSED', `${what} from this origin.`)
  }
}

const hostname = (url: string): string | undefined =>
  URL.canParse(url) ? new URL(url).hostname : undefined
