import type { ErrorCode } from '@cnop/schema/codes'

/** Why a call failed, as metrics and logs name it. */
export type FailureKind =
  | 'timeout'
  | 'connection'
  | 'status'
  | 'injected'
  | 'circuit_open'
  | 'overloaded'
  | 'no_time_left'
  | 'too_large'

/** A subgraph did not reply, not in time, or not with GraphQL. The reason is for operators. */
export class SubgraphFailure extends Error {
  override readonly name = 'SubgraphFailure'
  readonly kind: FailureKind

  constructor(message: string, kind: FailureKind, cause?: unknown) {
    super(message, { cause })
    this.kind = kind
  }

  get code(): ErrorCode {
    if (this.kind === 'too_large') return 'SUBGRAPH_ANSWER_TOO_LARGE'
    return this.kind === 'overloaded' ? 'OVERLOADED' : 'SUBGRAPH_UNAVAILABLE'
  }
}
