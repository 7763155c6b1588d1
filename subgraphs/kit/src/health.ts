import { setTimeout as delay } from 'node:timers/promises'
import { DomainError } from './errors.ts'
import type { Log } from './log.ts'

/** A check's outcome as everyone may see it: 'ok' or a code. */
export type CheckOutcome = 'ok' | 'STORE_UNAVAILABLE' | 'CHECK_FAILED'

/**
 * Makes a health check of a probe. What the probe throws may name hosts and tables, so callers get a code, and the
 * error itself is logged, once for each change of the outcome.
 */
export function createCheck(
  name: string,
  probe: () => Promise<unknown>,
  log: Pick<Log, 'warn' | 'info'>,
): () => Promise<CheckOutcome> {
  let last: CheckOutcome = 'ok'
  return async () => {
    const probing: Promise<Probed> = probe().then(
      () => ({ outcome: 'ok' }),
      (error: unknown) => ({ outcome: codeOf(error), error }),
    )
    const { outcome, error } = await Promise.race([probing, timeout()])
    if (outcome !== last) {
      const line = { action: 'health.changed', extra: { check: name, outcome } }
      if (outcome === 'ok') log.info(line, 'A health check passes again.')
      else log.warn({ ...line, error }, 'A health check fails.')
    }
    last = outcome
    return outcome
  }
}

interface Probed {
  readonly outcome: CheckOutcome
  readonly error?: unknown
}

/** Shorter than anybody waits for a report of health. */
const patienceMs = 2_000

const timeout = (): Promise<Probed> => {
  const error = new Error(`No answer within ${patienceMs} ms.`)
  return delay(patienceMs, { outcome: 'STORE_UNAVAILABLE', error }, { ref: false })
}

const codeOf = (error: unknown): CheckOutcome =>
  error instanceof DomainError && error.code === 'STORE_UNAVAILABLE'
    ? 'STORE_UNAVAILABLE'
    : 'CHECK_FAILED'
