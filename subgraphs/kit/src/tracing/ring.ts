/** An ended span, as it is kept for viewers. Its attributes never contain user input. */
export interface SpanRecord {
  readonly traceId: string
  readonly spanId: string
  readonly parentId: string | undefined
  readonly name: string
  /** The subgraph that worked, or the process where none did. */
  readonly service: string
  readonly startedAtMs: number
  readonly durationMs: number
  readonly isError: boolean
  /** The first span of a request in this process. */
  readonly isEntry: boolean
  readonly attributes: Readonly<Record<string, string | number | boolean>>
}

export interface KeptTrace {
  readonly traceId: string
  readonly spans: readonly SpanRecord[]
  /** Spans beyond the most that one trace keeps. */
  readonly dropped: number
}

/** The last traces of this process, never more than its limits. */
export interface TraceRing {
  add(span: SpanRecord): void
  find(traceId: string): KeptTrace | undefined
  /** Newest first. */
  list(): readonly KeptTrace[]
}

interface RingLimits {
  readonly traces: number
  readonly spansPerTrace: number
  /** Of all spans together, roughly. */
  readonly bytes: number
}

export const ringLimits: RingLimits = {
  traces: 200,
  spansPerTrace: 300,
  bytes: 16 * 1024 * 1024,
}

interface Entry {
  readonly traceId: string
  readonly spans: SpanRecord[]
  dropped: number
  bytes: number
}

export function openTraceRing(limits: RingLimits = ringLimits): TraceRing {
  const entries = new Map<string, Entry>()
  let bytes = 0

  const open = (traceId: string): Entry => {
    const entry = { traceId, spans: [], dropped: 0, bytes: 0 }
    entries.set(traceId, entry)
    return entry
  }
  const shrink = (): void => {
    for (const [traceId, oldest] of entries) {
      if (entries.size <= limits.traces && bytes <= limits.bytes) return
      entries.delete(traceId)
      bytes -= oldest.bytes
    }
  }
  return {
    add: (span) => {
      const entry = entries.get(span.traceId) ?? open(span.traceId)
      if (entry.spans.length >= limits.spansPerTrace) {
        entry.dropped += 1
        return
      }
      const size = sizeOf(span)
      entry.spans.push(span)
      entry.bytes += size
      bytes += size
      shrink()
    },
    find: (traceId) => entries.get(traceId),
    list: () => [...entries.values()].reverse(),
  }
}

const fixedBytes = 320

/** Two bytes for each character of a text, and what an object needs beside. */
function sizeOf({ name, attributes }: SpanRecord): number {
  let size = fixedBytes + 2 * name.length
  for (const [key, value] of Object.entries(attributes)) {
    size += 32 + 2 * key.length + (typeof value === 'string' ? 2 * value.length : 8)
  }
  return size
}
