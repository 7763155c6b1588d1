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

/** What the router knows of one request; the stages of the pipeline fill it in, in their order. */
export interface Exchange {
  readonly requestId: string
  readonly startedAt: number
  /** When the first subgraph was called for it, on the clock of the platform: every call reads the prices of this moment. */
  momentMs?: number
  readonly log: Log
  /** Where what matters for security is recorded. */
  readonly audit: RecordEvent
  clientIp: string
  userAgent: string | undefined
  actor: Actor | undefined
  /** Whether an administrator's token reopened free text and introspection for this request. */
  isDeveloper: boolean
  operationName: string | undefined
  /** Whether it changes something; its answer may hold tokens. */
  isMutation?: boolean
  /** When the actor's token expires, on the clock of the platform. */
  tokenExpiresAtMs?: number
  /** A refused access token is left to the endpoint, which finds the refusal below. */
  toleratesBadToken?: boolean
  tokenRefusal?: Refusal
  /** Through which contract the caller speaks, where that is not GraphQL; `stream` once a stream is open. */
  door?: 'rest' | 'auth' | 'stream'
  /** When the whole request has to be answered, on the clock of performance.now(). */
  readonly deadlineAt: number
  readonly fetches: FetchRecord[]
  /** Present when the request is recorded. */
  trace?: RequestTrace
  /** The text of the operation's document, when the request is recorded. */
  document?: string
}

/** What travels with one operation through Apollo Server to the executor. A request may run several. */
export interface OperationContext {
  readonly request: Exchange
}

export const exchangeOf = (response: Response): Exchange =>
  (response.locals as { exchange: Exchange }).exchange

/** What subgraphs are told of the caller. */
export const identityOf = (exchange: Exchange): Identity => ({
  requestId: exchange.requestId,
  actor: exchange.actor,
  clientIp: exchange.clientIp,
  userAgent: exchange.userAgent,
  api: exchange.door === 'rest' ? 'rest' : undefined,
  momentMs: exchange.momentMs,
})
