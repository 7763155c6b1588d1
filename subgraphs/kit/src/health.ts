import { DomainError } from './errors.ts'
import { late, startDeadline } from './deadline.ts'
import type { Store } from './dynamo.ts'
import type { Log } from './log.ts'
import { readItem } from './read.ts'

/** 'ok', or a code: the error of a probe may name hosts and tables, so it is only logged. */
type Outcome = 'ok' | 'STORE_UNAVAILABLE' | 'CHECK_FAILED'

interface Probed {
  readonly outcome: Outcome
  readonly error?: unknown
}

/** Shorter than callers wait for a health report. */
const deadlineMs = 2_000

/** The health check of a service: whether its store answers. Each change of the outcome is logged once. */
export function checkStore(
  store: Store,
  log: Pick<Log, 'warn' | 'info'>,
): () => Promise<{ readonly store: Outcome }> {
  let last: Outcome = 'ok'
  return async () => {
    const { outcome, error } = await probe(store)
    if (outcome !== last) {
      const line = { action: 'health.changed', extra: { check: 'store', outcome } }
      if (outcome === 'ok') log.info(line, 'A health check passes again.')
      else log.warn({ ...line, error }, 'A health check fails.')
    }
    last = outcome
    return { store: outcome }
  }
}

async function probe({ db, table }: Store): Promise<Probed> {
  const deadline = startDeadline(deadlineMs)
  try {
    const found = await deadline.race(readItem(db, table, { pk: 'HEALTH', sk: 'HEALTH' }))
    if (found !== late) return { outcome: 'ok' }
    const error = new Error(`No answer within ${deadlineMs} ms.`)
    return { outcome: 'STORE_UNAVAILABLE', error }
  } catch (error) {
    return { outcome: codeOf(error), error }
  } finally {
    deadline.clear()
  }
}

const codeOf = (error: unknown): Outcome =>
  error instanceof DomainError && error.code === 'STORE_UNAVAILABLE'
    ? 'STORE_UNAVAILABLE'
    : 'CHECK_FAILED'
