import { type Clock, toIso } from '@cnop/kit/clock'
import type { BreakerState } from './breaker.ts'
import type { FailureKind } from './failure.ts'

export interface BreakerFailure {
  readonly at: string
  /** The kind of failure: timeout, connection and the like. */
  readonly kind: FailureKind
}

export interface BreakerView {
  readonly state: BreakerState
  /** The time of the last state change. */
  readonly since: string
  /** The last failures, newest first, without calls that the open circuit refused. */
  readonly lastFailures: readonly BreakerFailure[]
}

const mostFailures = 5

/** Records the circuit state and the last failures of one subgraph, for operators. */
export function openBreakerHistory(now: Clock) {
  const lastFailures: BreakerFailure[] = []
  let known: BreakerState = 'closed'
  let since = toIso(now())
  const notice = (state: BreakerState): void => {
    if (state === known) return
    known = state
    since = toIso(now())
  }
  return {
    notice,
    lastKind: (): FailureKind | undefined => lastFailures[0]?.kind,
    noteFailure: (kind: FailureKind): void => {
      lastFailures.unshift({ at: toIso(now()), kind })
      lastFailures.length = Math.min(lastFailures.length, mostFailures)
    },
    view: (state: BreakerState): BreakerView => {
      notice(state)
      return { state, since, lastFailures: [...lastFailures] }
    },
  }
}
