import { performance } from 'node:perf_hooks'
import {
  bulkhead,
  circuitBreaker,
  type CircuitBreakerPolicy,
  CircuitState,
  ConstantBackoff,
  handleWhen,
  type IBackoff,
  type IBreaker,
  retry,
} from 'cockatiel'

export type BreakerState = 'closed' | 'open' | 'half-open'

export interface BreakerConfig {
  /** Consecutive failures that open it. */
  readonly failures: number
  /** Consecutive successes that close it. */
  readonly successes: number
  /** The longest time that it stays open without a successful probe. */
  readonly openMs: number
  readonly probeEveryMs: number
  /** Concurrent calls, and waiting calls; further ones are refused. */
  readonly callsAtOnce: number
  readonly callsWaiting: number
  /** How often a repeatable call is tried again; once by default. */
  readonly retries?: number
}

export interface BreakerOptions extends BreakerConfig {
  /** Whether an error is a failure of the service rather than of the caller's deadline. */
  readonly isFailure: (error: Error) => boolean
  /** Whether an immediate retry of the same call may succeed. */
  readonly isWorthAnotherTry: (error: Error) => boolean
  /** Checks the health of the service. */
  readonly probe: () => Promise<boolean>
  readonly onChange: (state: BreakerState) => void
}

/** The circuit breaker of one service: fails fast, tries a query twice, and queues a bounded number of calls. */
export interface Breaker {
  state(): BreakerState
  /** Throws CircuitOpen or TooManyCalls instead of calling. */
  run<Value>(call: () => Promise<Value>, options: { isRepeatable: boolean }): Promise<Value>
  close(): void
}

export class CircuitOpen extends Error {
  override readonly name = 'CircuitOpen'
}

export class TooManyCalls extends Error {
  override readonly name = 'TooManyCalls'
}

const retryPauseMs = 25

/**
 * Cockatiel closes a circuit after one successful call. This requires several: until the last of them, a single
 * failure opens the circuit again.
 */
function countInARow(failures: number, successes: number): IBreaker & { isOnProbation(): boolean } {
  let failed = 0
  let toProve = 0
  return {
    state: undefined,
    isOnProbation: () => toProve > 0,
    success: (state) => {
      failed = 0
      toProve = state === CircuitState.HalfOpen ? successes - 1 : Math.max(0, toProve - 1)
    },
    failure: () => {
      failed += 1
      const opens = toProve > 0 || failed >= failures
      if (opens) failed = toProve = 0
      return opens
    },
  }
}

/** Probes the service while the circuit is open, and decides whether a call may be tried. */
function watchWhileOpen({ probe, probeEveryMs, openMs }: BreakerOptions) {
  let mayTryAt = 0
  let timer: NodeJS.Timeout | undefined
  const ask = async (): Promise<void> => {
    if (await probe().catch(() => false)) mayTryAt = 0
  }
  const stop = (): void => {
    clearInterval(timer)
    timer = undefined
  }
  // `mayTry` replaces the backoff of the library.
  const backoff: IBackoff<unknown> = { duration: 0, next: () => backoff }
  return {
    backoff,
    mayTry: () => performance.now() >= mayTryAt,
    start: () => {
      mayTryAt = performance.now() + openMs
      timer ??= setInterval(() => void ask(), probeEveryMs).unref()
    },
    stop,
  }
}

/** Failures of calls that began before the circuit last opened do not count. */
function trackLateFailures() {
  const late = new WeakSet<Error>()
  let timesOpened = 0
  return {
    isLate: (error: Error) => late.has(error),
    noteOpening: () => {
      timesOpened += 1
    },
    watch: async <Value>(call: () => Promise<Value>): Promise<Value> => {
      const before = timesOpened
      try {
        return await call()
      } catch (error) {
        if (timesOpened !== before && error instanceof Error) late.add(error)
        throw error
      }
    },
  }
}

/** While the circuit is half open, any failure opens it again, whatever its cause. */
function openCircuit(
  options: BreakerOptions,
  parts: { breaker: IBreaker; halfOpenAfter: IBackoff<unknown>; isLate: (error: Error) => boolean },
): CircuitBreakerPolicy {
  const { breaker, halfOpenAfter, isLate } = parts
  const circuit: CircuitBreakerPolicy = circuitBreaker(
    handleWhen((error) => {
      if (isLate(error)) return false
      return circuit.state === CircuitState.HalfOpen || options.isFailure(error)
    }),
    { halfOpenAfter, breaker },
  )
  return circuit
}

export function createBreaker(options: BreakerOptions): Breaker {
  const count = countInARow(options.failures, options.successes)
  const watch = watchWhileOpen(options)
  const { isLate, noteOpening, watch: watchCall } = trackLateFailures()
  const circuit = openCircuit(options, { breaker: count, halfOpenAfter: watch.backoff, isLate })
  const places = bulkhead(options.callsAtOnce, options.callsWaiting)
  const again = retry(handleWhen(options.isWorthAnotherTry), {
    maxAttempts: options.retries ?? 1,
    backoff: new ConstantBackoff(retryPauseMs),
  })
  const state = (): BreakerState => {
    if (circuit.state === CircuitState.Closed) return count.isOnProbation() ? 'half-open' : 'closed'
    // After a successful probe the next call is allowed.
    const isTrying = circuit.state === CircuitState.HalfOpen || watch.mayTry()
    return isTrying ? 'half-open' : 'open'
  }
  circuit.onStateChange(() => options.onChange(state()))
  circuit.onBreak(watch.start)
  circuit.onBreak(noteOpening)
  circuit.onReset(watch.stop)
  // One call at a time tries a half-open circuit; others are refused meanwhile.
  const isRefusing = (): boolean =>
    circuit.state === CircuitState.HalfOpen ||
    (circuit.state === CircuitState.Open && !watch.mayTry())

  return {
    state,
    run: async (call, { isRepeatable }) => {
      const once = (): ReturnType<typeof call> => {
        if (isRefusing()) throw new CircuitOpen('The circuit is open.')
        return circuit.execute(() => watchCall(call))
      }
      if (isRefusing()) throw new CircuitOpen('The circuit is open.')
      if (places.executionSlots + places.queueSlots === 0) {
        throw new TooManyCalls('Too many calls are in progress.')
      }
      return places.execute(() =>
        isRepeatable && options.retries !== 0 ? again.execute(once) : once(),
      )
    },
    close: watch.stop,
  }
}
