/**
 * The interface between the engine and the subgraphs. The engine decides what is requested (service and body). The
 * transport decides how: signatures, circuit breakers, deadlines and request hooks belong to its implementation.
 */
import type { CancelSignal } from './cancellation.ts'

export interface SubgraphCall<Context = unknown> {
  readonly service: string
  /** JSON text of the GraphQL request. */
  readonly body: string
  readonly operationName: string | undefined
  readonly isMutation: boolean
  /** The call reads only public fields and may serve several users at once: it must not carry an identity. */
  readonly isAnonymousPublic: boolean
  /** Other requests may wait for the same reply: the call has its own deadline, not that of the request that started it. */
  readonly isShared: boolean
  /** Aborts when nobody waits for the reply any more. */
  readonly signal?: CancelSignal | undefined
  /** The names of the fields that it selects, at any depth. */
  readonly fields: ReadonlySet<string>
  readonly context: Context
}

/**
 * A reply: JSON as bytes or text from a socket, or a value from a hosted subgraph. The engine owns it and may modify
 * it. `cacheControl` is the header of a remote reply (null when it has none).
 */
export type Reply = { readonly cacheControl?: string | null } & (
  { readonly bytes: Buffer } | { readonly text: string } | { readonly value: unknown }
)

export interface SubgraphTransport<Context = unknown> {
  send(call: SubgraphCall<Context>): Promise<Reply>
  /** Whether calls of a service are refused immediately at present: then no request joins a call that may hang. */
  isRefusing?(service: string): boolean
  /** The time until a request's deadline, in milliseconds; without it requests wait until a call ends. */
  timeLeftMs?(context: Context): number
  /** Whether a call failed because it timed out: a request that joined it may then send it again. */
  isOutOfTime?(failure: unknown): boolean
}

/** Describes a call of a request that is about to start. */
export interface CallNotice<Context = unknown> {
  readonly service: string
  readonly operationName: string | undefined
  /** True when an identical call of another request is in flight and is shared. */
  readonly isJoined: boolean
  readonly context: Context
}

export interface CallEnd {
  /** What the transport threw, if it failed. */
  readonly failure?: unknown
  /** How many GraphQL errors the reply holds. */
  readonly errorCount: number
}

/** Called when a call starts; the returned function is called when the call has ended. */
export type CallObserver<Context = unknown> = (
  notice: CallNotice<Context>,
) => ((outcome: CallEnd) => void) | undefined

/**
 * A failed call whose message and code may be shown to clients. Any other error of a transport is reported as
 * SUBGRAPH_UNAVAILABLE with a fixed message, because it may contain addresses.
 */
export class SubgraphFault extends Error {
  override readonly name = 'SubgraphFault'
  readonly code: string

  constructor(message: string, code = 'SUBGRAPH_UNAVAILABLE', cause?: unknown) {
    super(message, { cause })
    this.code = code
  }
}
