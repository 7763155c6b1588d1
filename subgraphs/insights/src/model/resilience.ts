import {
  BrokenCircuitError,
  BulkheadRejectedError,
  bulkhead,
  circuitBreaker,
  ConsecutiveBreaker,
  ConstantBackoff,
  handleWhen,
  retry,
  TaskCancelledError,
  timeout,
  TimeoutStrategy,
  wrap,
} from 'cockatiel'
import {
  InsightBlocked,
  InsightFailure,
  InsightRateLimited,
  InsightUnavailable,
} from '../domain/errors.ts'
import type { LanguageModel } from './language-model.ts'

export interface ResilienceOptions {
  /** For one text, its second attempt included. */
  readonly timeoutMs: number
  readonly retryDelayMs: number
  /** Calls at once; one more is refused, not queued. */
  readonly maxConcurrent: number
  readonly breakerFailures: number
  readonly breakerOpenMs: number
}

const isTransient = (error: Error): boolean => error instanceof InsightFailure && error.isTransient
/** A refusal to answer is not a failure of the service. */
const isOutage = (error: Error): boolean => !(error instanceof InsightBlocked)

/** Gives a language model a deadline, one more attempt, a ceiling of calls at once, and a breaker of its own. */
export function withResilience(model: LanguageModel, options: ResilienceOptions): LanguageModel {
  const breaker = circuitBreaker(handleWhen(isOutage), {
    breaker: new ConsecutiveBreaker(options.breakerFailures),
    halfOpenAfter: options.breakerOpenMs,
  })
  const policy = wrap(
    bulkhead(options.maxConcurrent),
    breaker,
    timeout(options.timeoutMs, TimeoutStrategy.Aggressive),
    retry(handleWhen(isTransient), {
      maxAttempts: 1,
      backoff: new ConstantBackoff(options.retryDelayMs),
    }),
  )

  function toFailure(error: unknown): InsightFailure {
    if (error instanceof InsightFailure) return error
    if (error instanceof BulkheadRejectedError) return new InsightRateLimited()
    if (error instanceof TaskCancelledError) {
      return new InsightUnavailable('The language model took too long.')
    }
    if (!(error instanceof BrokenCircuitError)) return new InsightUnavailable()
    // While the breaker is open, its reason is still the reason.
    const last = breaker.lastFailure
    return last && 'error' in last && last.error instanceof InsightFailure
      ? last.error
      : new InsightUnavailable()
  }

  return {
    name: model.name,
    write: async (prompt, signal) => {
      try {
        return await policy.execute((context) => model.write(prompt, context.signal), signal)
      } catch (error) {
        throw toFailure(error)
      }
    },
  }
}
