import { performance } from 'node:perf_hooks'
import { type HrTime, SpanKind, SpanStatusCode } from '@opentelemetry/api'
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-node'
import type { SpanRecord, TraceRing } from './ring.ts'

/** Puts every span that ends into the ring. */
export function keepSpans(service: string, ring: TraceRing): SpanProcessor {
  const done = () => Promise.resolve()
  // The library starts spans on whole milliseconds, which is too coarse to show concurrency.
  const starts = new WeakMap<object, number>()
  return {
    onStart: (span) => void starts.set(span, performance.timeOrigin + performance.now()),
    onEnd: (span) => {
      ring.add(toRecord(service, span, starts.get(span) ?? toMs(span.startTime)))
    },
    forceFlush: done,
    shutdown: done,
  }
}

const toMs = ([seconds, nanoseconds]: HrTime): number => seconds * 1_000 + nanoseconds / 1e6

function toRecord(service: string, span: ReadableSpan, startedAtMs: number): SpanRecord {
  const { traceId, spanId } = span.spanContext()
  const attributes = onlyPlain(span.attributes)
  const { subgraph } = attributes
  return {
    traceId,
    spanId,
    parentId: span.parentSpanContext?.spanId,
    name: span.name,
    service: typeof subgraph === 'string' ? subgraph : service,
    startedAtMs,
    durationMs: toMs(span.duration),
    isError: span.status.code === SpanStatusCode.ERROR,
    isEntry: span.kind === SpanKind.SERVER,
    attributes,
  }
}

function onlyPlain(attributes: ReadableSpan['attributes']): SpanRecord['attributes'] {
  const plain: Record<string, string | number | boolean> = {}
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      plain[name] = value
    }
  }
  return plain
}
