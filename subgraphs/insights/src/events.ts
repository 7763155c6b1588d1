import type { Log } from '@cnop/kit/log'
import type { InsightFailure } from './domain/errors.ts'
import type { ProseFault } from './domain/check-prose.ts'

/** A language model wrote an insight that may be shown. */
export function logWritten(log: Log, model: string, durationMs: number): void {
  const fields = { action: 'insight.written', duration_ms: durationMs, extra: { model } }
  log.info(fields, 'A language model wrote an insight.')
}

/** A language model wrote something that may not be shown. The text itself stays out of the log. */
export function logRejected(log: Log, model: string, fault: ProseFault): void {
  const fields = { action: 'insight.rejected', extra: { model, fault } }
  log.warn(fields, 'A language model’s text was rejected.')
}

/** A language model wrote nothing. */
export function logFailed(log: Log, model: string, failure: InsightFailure): void {
  const fields = {
    action: 'insight.failed',
    extra: { model, code: failure.code, reason: failure.message },
  }
  log.warn(fields, 'A language model wrote no insight.')
}

/** The cache does not work; insights do without it. */
export function logCacheFailed(log: Log, error: unknown): void {
  log.warn({ action: 'insight.cache_failed', error }, 'The cache of insights does not work.')
}
