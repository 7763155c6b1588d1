import type { KeptTrace, SpanRecord } from '@cnop/kit/tracing/ring'

/** A trace in the list. */
interface TraceSummary {
  readonly traceId: string
  /** Of the request; several requests of one caller may share a trace. */
  readonly requestId: string
  readonly requests: number
  readonly name: string
  readonly operation: string | null
  /** Null when the caller went away before it was answered. */
  readonly status: number | null
  readonly startedAt: string
  readonly durationMs: number
  readonly spans: number
  /** The subgraphs that were asked. */
  readonly services: readonly string[]
  readonly hasFailed: boolean
}

/** A span in the waterfall. */
interface SpanView {
  readonly spanId: string
  /** Null for the first one of a request, even when its caller has a span of its own. */
  readonly parentId: string | null
  readonly name: string
  readonly service: string
  /** After the start of the trace. */
  readonly offsetMs: number
  readonly durationMs: number
  readonly hasFailed: boolean
  readonly attributes: SpanRecord['attributes']
}

const round = (ms: number): number => Math.round(ms * 1_000) / 1_000

/** Undefined while no request of the trace has ended. */
export function summarise({ traceId, spans }: KeptTrace): TraceSummary | undefined {
  const entries = spans.filter(({ isEntry }) => isEntry)
  const entry = entries[0]
  if (!entry) return undefined
  const { attributes, name, startedAtMs, durationMs } = entry
  const operation = attributes['graphql.operation.name']
  const status = attributes['http.response.status_code']
  return {
    traceId,
    requestId: String(attributes['request_id']),
    requests: entries.length,
    name,
    operation: typeof operation === 'string' ? operation : null,
    status: typeof status === 'number' ? status : null,
    startedAt: new Date(startedAtMs).toISOString(),
    durationMs: round(durationMs),
    spans: spans.length,
    services: askedServices(spans),
    hasFailed: spans.some(({ isError }) => isError),
  }
}

/** The traces of several routers, newest first. One that several routers took part in is listed once, as the newest part. */
export function joinSummaries(
  lists: readonly { readonly router: string; readonly traces: readonly TraceSummary[] }[],
): readonly (TraceSummary & { readonly router: string })[] {
  const all = lists.flatMap(({ router, traces }) => traces.map((trace) => ({ ...trace, router })))
  if (lists.length === 1) return all
  const newest = all.toSorted((one, other) => (one.startedAt < other.startedAt ? 1 : -1))
  return newest.filter(
    ({ traceId }, place) => newest.findIndex((each) => each.traceId === traceId) === place,
  )
}

/** The parts of one trace in several routers. */
export function joinTraces(parts: readonly KeptTrace[]): KeptTrace | undefined {
  const [first] = parts
  if (!first) return undefined
  const dropped = parts.reduce((sum, part) => sum + part.dropped, 0)
  return { ...first, spans: parts.flatMap(({ spans }) => spans), dropped }
}

/** Those that the request called, and those whose answer it shared with another one. */
export function askedServices(spans: readonly SpanRecord[]): string[] {
  const services = spans.flatMap(({ name, isEntry, attributes: { service, subgraphs } }) => {
    if (isEntry && typeof subgraphs === 'string') return subgraphs.split(',')
    return name === 'gateway.fetch' && typeof service === 'string' ? [service] : []
  })
  return [...new Set(services)].filter((service) => service !== '').sort()
}

/** Spans in the order in which they began. */
export function viewSpans(spans: readonly SpanRecord[]): SpanView[] {
  const known = new Set(spans.map(({ spanId }) => spanId))
  const start = Math.min(...spans.map(({ startedAtMs }) => startedAtMs))
  return [...spans]
    .sort((one, other) => one.startedAtMs - other.startedAtMs)
    .map(({ spanId, parentId, name, service, startedAtMs, durationMs, isError, attributes }) => ({
      spanId,
      parentId: parentId !== undefined && known.has(parentId) ? parentId : null,
      name,
      service,
      offsetMs: round(startedAtMs - start),
      durationMs: round(durationMs),
      hasFailed: isError,
      attributes,
    }))
}
