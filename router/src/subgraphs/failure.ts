import type { ErrorCode } from '@cnop/schema/codes'

/** Why a call failed, as metrics and logs name it. */
export type FailureKind =
  | 'timeout'
  | 'connection'
  | 'status'
  | 'store'
  | 'injected'
  | 'circuit_open'
  | 'overloaded'
  | 'no_time_left'
  | 'too_large'

/** A reply that reports an outage of the store: it is passed on, and it counts for the breaker. */
export class StoreOutage extends Error {
  override readonly name = 'StoreOutage'
  readonly reply: string

  constructor(reply: string) {
    super('The data store does not answer.')
    this.reply = reply
  }
}

// Quotes inside a JSON text are escaped, so no value that a user chose can look like this.
const storeOutage = '"code":"STORE_UNAVAILABLE"'

/** Passes a reply on unless it reports an outage of the store. */
export function throwStoreOutage(reply: string): string {
  if (reply.includes(storeOutage)) throw new StoreOutage(reply)
  return reply
}

/** A subgraph did not reply, not in time, or not with GraphQL. The reason is for operators. */
export class SubgraphFailure extends Error {
  override readonly name = 'SubgraphFailure'
  readonly kind: FailureKind
  /** Whether the subgraph may have received the call, so that a mutation may have taken effect. */
  readonly isSent: boolean

  constructor(message: string, kind: FailureKind, options: { isSent: boolean; cause?: unknown }) {
    super(message, { cause: options.cause })
    this.kind = kind
    this.isSent = options.isSent
  }

  /** The code of a failed mutation: a command that may have taken effect must not look like one that can be repeated. */
  get mutationCode(): ErrorCode {
    return this.isSent ? 'OUTCOME_UNKNOWN' : this.code
  }

  get code(): ErrorCode {
    if (this.kind === 'too_large') return 'SUBGRAPH_ANSWER_TOO_LARGE'
    if (this.kind === 'store') return 'STORE_UNAVAILABLE'
    return this.kind === 'overloaded' ? 'OVERLOADED' : 'SUBGRAPH_UNAVAILABLE'
  }
}
