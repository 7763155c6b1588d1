import type { ErrorCode } from '@cnop/schema/codes'
import type { SubgraphReply } from '@cnop/kit/subgraph'
import type { SubgraphName } from '@cnop/schema/read'
import { BrokenCircuitError, BulkheadRejectedError } from 'cockatiel'
import { errors } from 'undici'
import { isResult } from '../engine/call/reply.ts'
import { LostConnection } from '../engine/standalone/connections.ts'
import { CircuitOpen, TooManyCalls } from './breaker.ts'

/** Why a call failed, as metrics and logs name it. */
export type FailureKind =
  | 'timeout'
  | 'connection'
  | 'lost'
  | 'status'
  | 'store'
  | 'injected'
  | 'hung'
  | 'circuit_open'
  | 'overloaded'
  | 'no_time_left'
  | 'too_large'

/**
 * A reply that reports a fault of the subgraph: an outage of its store, or a result with a 5xx status. It is passed on,
 * because it is more specific than an error of the router, and it counts as a failure for the breaker.
 */
export class TroubledReply extends Error {
  override readonly name = 'TroubledReply'
  readonly reply: string
  readonly kind: 'store' | 'status'

  constructor(reply: string, kind: 'store' | 'status') {
    super('The subgraph reports a fault.')
    this.reply = reply
    this.kind = kind
  }
}

// Quotes inside JSON strings are escaped, so no user-supplied value can match this.
const storeOutage = '"code":"STORE_UNAVAILABLE"'

/**
 * The text of a reply. A GraphQL result is valid with any status; any other reply is a failure of the subgraph.
 * The result of a query with a good status is checked by the engine, which parses it anyway.
 */
export function textOf(name: SubgraphName, reply: SubgraphReply, isMutation: boolean): string {
  const { status, body } = reply
  if (isMutation || !isGood(status)) assertResult(name, reply, isMutation)
  if (body.includes(storeOutage)) throw new TroubledReply(body, 'store')
  if (status >= 500) throw new TroubledReply(body, 'status')
  return body
}

const isGood = (status: number): boolean => status >= 200 && status <= 299

function assertResult(
  name: SubgraphName,
  { status, body }: SubgraphReply,
  isMutation: boolean,
): void {
  const result = parseResult(body)
  if (!result) throw isGood(status) ? unreadable(name) : badStatus(name, status)
  // Without data the command may have begun, or an intermediary may have replied for the subgraph.
  if (isMutation && status >= 500 && !('data' in result)) throw badStatus(name, status)
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
  const kind = kindOf(error)
  return new SubgraphFailure(`${name} failed`, kind, { isSent: !isUnreached(error), cause: error })
}

function kindOf(error: unknown): 'lost' | 'timeout' | 'connection' {
  if (error instanceof LostConnection) return 'lost'
  const isTimeout = /timeout/i.test(String((error as { name?: unknown } | undefined)?.name))
  return isTimeout ? 'timeout' : 'connection'
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

/** A 4xx refuses the call before it is executed; a 5xx may come from an intermediary that lost the reply. */
const badStatus = (name: SubgraphName, status: number): SubgraphFailure =>
  new SubgraphFailure(`${name} answered ${status}.`, 'status', { isSent: status >= 500 })

/** Whether a mutation took effect is unknown when its reply cannot be read. */
const unreadable = (name: SubgraphName): SubgraphFailure =>
  new SubgraphFailure(`${name} sent a reply that cannot be read.`, 'status', { isSent: true })

function parseResult(body: string): object | undefined {
  try {
    const value: unknown = JSON.parse(body)
    return isResult(value) ? value : undefined
  } catch {
    return undefined
  }
}
