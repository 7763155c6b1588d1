import type { ErrorCode } from '@cnop/schema/codes'
import type { SubgraphName } from '@cnop/schema/read'
import { BrokenCircuitError, BulkheadRejectedError } from 'cockatiel'
import { errors } from 'undici'
import { CircuitOpen, TooManyCalls } from './breaker.ts'

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

/** Any error of a call as a failure of its subgraph; `lastKind` is what opened a circuit that is open. */
export function describeFailure(
  name: SubgraphName,
  error: unknown,
  lastKind?: FailureKind,
): SubgraphFailure {
  if (error instanceof SubgraphFailure) return error
  if (error instanceof CircuitOpen || error instanceof BrokenCircuitError) {
    if (lastKind === 'store') return unsent('The data store does not answer.', 'store')
    return unsent(`${name} is not called while its circuit is open.`, 'circuit_open')
  }
  if (error instanceof TooManyCalls || error instanceof BulkheadRejectedError) {
    return unsent(`${name} has too many concurrent calls.`, 'overloaded')
  }
  if (error instanceof errors.ResponseExceededMaxSizeError) return tooLarge(name)
  const isTimeout = error instanceof Error && /timeout/i.test(error.name)
  const kind = isTimeout ? 'timeout' : 'connection'
  return new SubgraphFailure(`${name} failed`, kind, { isSent: !isUnreached(error), cause: error })
}

/** Codes of connections that were never made, so that no byte of the call was sent. */
const unreachedCodes: readonly unknown[] = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]

const isUnreached = (error: unknown): boolean =>
  unreachedCodes.includes((error as { readonly code?: unknown } | undefined)?.code)

/** A failure before the first byte of the call was sent. */
export const unsent = (message: string, kind: FailureKind): SubgraphFailure =>
  new SubgraphFailure(message, kind, { isSent: false })

export const tooLarge = (name: SubgraphName): SubgraphFailure =>
  new SubgraphFailure(`${name} answered with too many bytes.`, 'too_large', { isSent: true })

/** A 4xx refuses the call before it is executed; a 5xx may come from something between that lost the reply. */
export const badStatus = (name: SubgraphName, status: number): SubgraphFailure =>
  new SubgraphFailure(`${name} answered ${status}.`, 'status', { isSent: status >= 500 })

/** Throws unless a reply is a GraphQL result: without it, what became of a mutation is unknown. */
export function assertResult(name: SubgraphName, reply: string): void {
  const isResult = (value: unknown): boolean =>
    typeof value === 'object' && value !== null && ('data' in value || 'errors' in value)
  try {
    if (isResult(JSON.parse(reply))) return
  } catch {
    // Not JSON either.
  }
  throw new SubgraphFailure(`${name} sent a reply that cannot be read.`, 'status', { isSent: true })
}
