import { setTimeout as delay } from 'node:timers/promises'
import { ROOT_CONTEXT, type Span, SpanKind, trace } from '@opentelemetry/api'
import { BasicTracerProvider, type TracerConfig } from '@opentelemetry/sdk-trace-node'
import type { Log } from '../log.ts'
import { openExport } from './export.ts'
import { keepSpans } from './keep-spans.ts'
import { openTraceRing, type TraceRing } from './ring.ts'
import { runInScope, type Trace } from './scope.ts'
import { isSampled, parseTraceparent } from './traceparent.ts'

interface TracingConfig {
  /** Of the requests that come in at the edge, the part that is recorded: 0 to 1. */
  readonly sampleRatio: number
  /** The OTLP endpoint that spans are sent to, over HTTP; none: they are kept in memory only. */
  readonly endpoint: string | undefined
}

/** One recorded request: its first span, and the trace that further spans belong to. */
export interface RequestTrace {
  readonly span: Span
  readonly trace: Trace
}

/** The recorder of one process. It has no global state: several can exist in a process, as in tests. */
export interface Tracing {
  readonly ring: TraceRing
  readonly sampleRatio: number
  /** Opens the trace of a request at the edge, under the caller's trace id if it sent one; undefined: unsampled. */
  begin(name: string, traceparent: string | undefined): RequestTrace | undefined
  /** Runs work in a trace that another process of ours records; without one, just runs it. */
  resume<T>(traceparent: string | undefined, work: () => T): T
  /** Sends what is left, within two seconds. */
  close(): Promise<void>
}

const flushDeadlineMs = 2_000
const longestText = 200

export async function openTracing(
  service: string,
  { sampleRatio, endpoint }: TracingConfig,
  log: Log,
): Promise<Tracing> {
  const ring = openTraceRing()
  const keep = keepSpans(service, ring)
  const sent = endpoint === undefined ? [] : [await openExport(endpoint, log)]
  const provider = new BasicTracerProvider({
    resource: describeProcess(service),
    spanLimits: { attributeCountLimit: 24, attributeValueLengthLimit: longestText },
    spanProcessors: [keep, ...sent],
  })
  const tracer = provider.getTracer('cnop')
  const isChosen = choose(sampleRatio)
  return {
    ring,
    sampleRatio,
    begin: (name, traceparent) => {
      const caller = parseTraceparent(traceparent)
      // A caller may opt out of recording, but cannot increase its own sampling rate.
      if ((caller && !isSampled(caller)) || !isChosen()) return undefined
      const context = caller ? trace.setSpanContext(ROOT_CONTEXT, caller) : ROOT_CONTEXT
      const span = tracer.startSpan(name, { kind: SpanKind.SERVER }, context)
      return { span, trace: { tracer, parent: trace.setSpan(ROOT_CONTEXT, span) } }
    },
    resume: (traceparent, work) => {
      const caller = parseTraceparent(traceparent)
      if (!caller || !isSampled(caller)) return work()
      const parent = trace.setSpanContext(ROOT_CONTEXT, caller)
      return runInScope({ trace: { tracer, parent } }, work)
    },
    close: async () => {
      const flushed = provider.shutdown().catch(() => undefined)
      await Promise.race([flushed, delay(flushDeadlineMs, undefined, { ref: false })])
    },
  }
}

/** Samples every n-th request, so that the ratio is exact. */
function choose(ratio: number): () => boolean {
  let credit = 0
  return () => {
    credit += ratio
    if (credit < 1) return false
    credit -= 1
    return true
  }
}

/** The resource attributes of every exported span. */
function describeProcess(service: string): NonNullable<TracerConfig['resource']> {
  const attributes = { 'service.name': service, 'service.namespace': 'cnop' }
  const resource: NonNullable<TracerConfig['resource']> = {
    attributes,
    merge: (other) => other ?? resource,
    getRawAttributes: () => Object.entries(attributes),
  }
  return resource
}
