import type { Actor, Identity } from '@cnop/kit/identity'
import type { Log } from '@cnop/kit/log'
import type { RequestTrace } from '@cnop/kit/tracing/tracing'
import type { Response } from 'express'
import type { RecordEvent } from '../audit/event.ts'
import type { Refusal } from '../errors/refusal.ts'

/** One call of a subgraph, as the demo and the trace view show it. */
export interface FetchRecord {
  readonly service: string
  readonly operation: string | undefined
  readonly durationMs: number
  readonly outcome: 'ok' | 'failed'
  /** Why it failed. */
  readonly failure?: string
}

/** The state of one request, filled in by the stages of the pipeline in their order. */
export interface RequestContext {
  readonly requestId: string
  readonly startedAt: number
  /** The time of the first call to a subgraph: every call of the request reads the prices of this moment. */
  momentMs?: number
  /** Its lines have the request id and, once known, the trace id and the network of the client. */
  log: Log
  /** Records security events. */
  readonly audit: RecordEvent
  clientIp: string
  userAgent: string | undefined
  actor: Actor | undefined
  /** Whether an administrator's token reopened free text and introspection for this request. */
  isDeveloper: boolean
  operationName: string | undefined
  /** A mutation's response may contain tokens. */
  isMutation?: boolean
  /** Whether a mutation of this request ended the actor's own session. */
  sessionEnded?: boolean
  /** When the actor's token expires, on the clock of the platform. */
  tokenExpiresAtMs?: number
  /** The endpoint handles a refused access token; see the refusal below. */
  toleratesBadToken?: boolean
  tokenRefusal?: Refusal
  /** The API that the caller uses, where that is not GraphQL; `stream` once a stream is open. */
  api?: 'rest' | 'auth' | 'stream'
  /** The deadline of the whole request, in the time of `performance.now()`. */
  readonly deadlineAt: number
  /** Aborts when the client closes the connection before its response is complete. */
  readonly clientLeft?: () => AbortSignal
  readonly fetches: FetchRecord[]
  /** The limits that refused the request. */
  readonly limitsHit: string[]
  /** Whether an operation failed by a fault of the platform, whatever the HTTP status. */
  hasFailed?: boolean
  /** Present when the request is recorded. */
  trace?: RequestTrace
  /** The text of the operation's document, when the request is recorded. */
  document?: string
}

/** The context of one operation, from Apollo Server to the executor. A request may run several. */
export interface OperationContext {
  readonly request: RequestContext
}

export const contextOf = (response: Response): RequestContext =>
  (response.locals as { context: RequestContext }).context

/** The identity of the caller in calls to subgraphs. */
export const identityOf = (context: RequestContext): Identity => ({
  requestId: context.requestId,
  actor: context.actor,
  clientIp: context.clientIp,
  userAgent: context.userAgent,
  api: context.api === 'rest' ? 'rest' : undefined,
  momentMs: context.momentMs,
})
