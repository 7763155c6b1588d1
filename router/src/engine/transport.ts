/**
 * The seam between the engine and the subgraphs. The engine decides *what* is asked (service and body); the
 * transport decides *how*: seals, breakers, deadlines and request hooks belong to its implementation.
 */

export interface SubgraphCall<Context = unknown> {
  readonly service: string
  /** JSON text of the GraphQL request. */
  readonly body: string
  readonly operationName: string | undefined
  readonly isMutation: boolean
  /** The call reads only public fields and may serve several users at once: it must carry no identity. */
  readonly isAnonymousPublic: boolean
  /** Other requests may wait for the same answer: the call has a time of its own, not that of the request that began it. */
  readonly isShared: boolean
  readonly context: Context
}

/**
 * What came back: JSON as bytes or text from a socket, or a value from a hosted subgraph. The engine owns
 * it and may write into it. `cacheControl` is the header of a remote answer (null when it had none).
 */
export type SubgraphReply = { readonly cacheControl?: string | null } & (
  { readonly bytes: Buffer } | { readonly text: string } | { readonly value: unknown }
)

export interface SubgraphTransport<Context = unknown> {
  send(call: SubgraphCall<Context>): Promise<SubgraphReply>
  /** Whether calls of a service are refused at once now: then none waits for one that may be hanging. */
  isRefusing?(service: string): boolean
  /** How long a request may still wait, in milliseconds; without it requests wait for as long as a call takes. */
  timeLeftMs?(context: Context): number
  /** Whether a call failed because its time was over; a request that joined it late may then ask again. */
  isOutOfTime?(failure: unknown): boolean
}

/** Seen once per fetch of a request; the returned function is called when the fetch has ended. */
export interface FetchNotice<Context = unknown> {
  readonly service: string
  readonly operationName: string | undefined
  /** True when an identical call of another request was already under way and is shared. */
  readonly isJoined: boolean
  readonly context: Context
}

export interface FetchOutcome {
  /** What the transport threw, if it did. */
  readonly failure?: unknown
  /** How many GraphQL errors the answer held. */
  readonly errorCount: number
}

export type FetchObserver<Context = unknown> = (
  notice: FetchNotice<Context>,
) => ((outcome: FetchOutcome) => void) | undefined

/**
 * A failed call whose message and code may be shown to clients. Anything else that a transport throws is
 * reported as SUBGRAPH_UNAVAILABLE under a fixed message, because it may hold addresses.
 */
export class SubgraphFault extends Error {
  override readonly name = 'SubgraphFault'
  readonly code: string

  constructor(message: string, code = 'SUBGRAPH_UNAVAILABLE', cause?: unknown) {
    super(message, { cause })
    this.code = code
  }
}
