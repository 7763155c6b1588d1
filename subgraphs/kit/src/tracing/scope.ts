import { AsyncLocalStorage } from 'node:async_hooks'
import { type Context, trace as spans, type Tracer } from '@opentelemetry/api'
import type { Log } from '../log.ts'

/** A trace that is being recorded: its tracer and the parent of new spans. */
export interface Trace {
  readonly tracer: Tracer
  readonly parent: Context
}

/** The ambient state of a request: its log and its trace. */
export interface Scope {
  readonly log?: Log | undefined
  /** Absent when this request is not recorded. */
  readonly trace?: Trace | undefined
  /** The subgraph that is running. */
  readonly subgraph?: string | undefined
}

const scopes = new AsyncLocalStorage<Scope>()

export const currentScope = (): Scope | undefined => scopes.getStore()

export const runInScope = <T>(scope: Scope, work: () => T): T => scopes.run(scope, work)

/** Binds work to the current scope, when another request may run it, as with a queue. */
export const keepScope = <T>(work: () => T): (() => T) => AsyncLocalStorage.bind(work)

/** The field by which log lines name their trace. */
export function traceField(trace: Trace | undefined): { readonly trace_id?: string } {
  const traceId = trace && spans.getSpanContext(trace.parent)?.traceId
  return traceId === undefined ? {} : { trace_id: traceId }
}
