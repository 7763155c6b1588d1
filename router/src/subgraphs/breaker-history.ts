import { type Clock, toIso } from '@cnop/kit/clock'
import type { BreakerState } from './breaker.ts'
import type { FailureKind } from './failure.ts'

export interface BreakerFailure {
  readonly at: string
  /** As operators count it: timeout, connection and the like. */
  readonly kind: FailureKind
}

export interface BreakerView {
  readonly state: BreakerState
  /** When it came to this state. */
  readonly since: string
  /** The last few, newest first; calls that were refused because the circuit was open are none. */
  readonly lastFailures: readonly BreakerFailure[]
}

const mostFailures = 5

/** Remembers what has happened to the calls of one subgraph, for operators. */
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
