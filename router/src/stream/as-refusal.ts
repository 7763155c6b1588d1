import { Refusal } from '../errors/refusal.ts'
import type { Exchange } from '../edge/request-context.ts'

/** What a client may be told of a failure. */
export function asRefusal(error: unknown, { log }: Pick<Exchange, 'log'>): Refusal {
  if (error instanceof Refusal) return error
  log.error({ action: 'stream.failed', error }, 'A stream broke.')
  return new Refusal('INTERNAL')
}
