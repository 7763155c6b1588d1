import type { IncomingHttpHeaders } from 'node:http'
import { Refusal } from '../errors/refusal.ts'

/**
 * A page of another origin may not even open a stream, since it would hold a place in the visitor's name. The page's
 * own origin is told by its host, because a proxy may speak to the router on another port.
 */
export function refuseForeignOrigin(
  { origin, host }: IncomingHttpHeaders,
  allowedOrigins: readonly string[],
): void {
  if (origin === undefined || allowedOrigins.includes(origin)) return
  const own = hostname(`http://${host ?? ''}`)
  if (own === undefined || hostname(origin) !== own) {
    throw new Refusal('CSRF_REFUSED', 'Streams are not opened from this origin.')
  }
}

const hostname = (url: string): string | undefined =>
  URL.canParse(url) ? new URL(url).hostname : undefined
