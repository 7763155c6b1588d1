import { DomainError } from '@cnop/kit/errors'
import type { Log } from '@cnop/kit/log'
import { createCounter, type LabelledCounter } from '@cnop/kit/metrics'
import type { InsightFailure } from './domain/errors.ts'
import type { ProseFault } from './domain/check-prose.ts'
import type { Insight } from './domain/insight.ts'

export type InsightAnswers = LabelledCounter<'engine' | 'degraded_reason' | 'cache'>

export const countAnswers = (): InsightAnswers =>
  createCounter({
    name: 'insights_answers_total',
    help: 'Insights by who wrote them, why it was not the language model, and whether the text was kept.',
    labelNames: ['engine', 'degraded_reason', 'cache'],
  })

/** An insight was given. A text that is late counts as degraded, with its own reason. */
export function recordAnswer(answers: InsightAnswers, insight: Insight): void {
  const { engine, degradedReason, isCached, isPending } = insight
  const isLate = engine === 'RULES' && isPending
  answers.count({
    engine,
    degraded_reason: degradedReason ?? (isLate ? 'PENDING' : 'NONE'),
    cache: isCached ? 'hit' : 'miss',
  })
}

/** No insight could be given. */
export function recordRefusal(answers: InsightAnswers, error: unknown): void {
  const reason = error instanceof DomainError ? error.code : 'INTERNAL'
  answers.count({ engine: 'NONE', degraded_reason: reason, cache: 'miss' })
}

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
