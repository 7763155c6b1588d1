import { i18n } from '../../i18n.ts'
import { failureKind, serviceName } from './words.ts'

/** An item of the list of traces. */
export type TraceSummary = {
  readonly traceId: string
  readonly requestId: string
  readonly name: string
  readonly operation: string | null
  readonly status: number | null
  readonly startedAt: string
  readonly durationMs: number
  readonly spans: number
  readonly services: readonly string[]
  readonly hasFailed: boolean
}

export type Span = {
  readonly spanId: string
  readonly parentId: string | null
  readonly name: string
  readonly service: string
  readonly offsetMs: number
  readonly durationMs: number
  readonly hasFailed: boolean
  readonly attributes: Readonly<Record<string, string | number | boolean>>
}

/** One call of a query plan; `after` contains the indexes of the calls that it waits for. */
export type PlannedCall = {
  readonly service: string
  readonly after: readonly number[]
  readonly isPublic: boolean
  readonly operation: string
  readonly paths: readonly string[]
}

export type Trace = Omit<TraceSummary, 'spans'> & {
  readonly spans: readonly Span[]
  readonly dropped: number
  readonly missing: readonly string[]
  readonly plan: readonly PlannedCall[] | null
}

/** A span with its depth in the tree. */
export type Row = { readonly span: Span; readonly depth: number }

/** Spans in tree order: each followed by its children, siblings by their start. */
export function arrange(spans: readonly Span[]): Row[] {
  const children = new Map<string | null, Span[]>()
  for (const span of spans) {
    const siblings = children.get(span.parentId)
    if (siblings) siblings.push(span)
    else children.set(span.parentId, [span])
  }
  const rows: Row[] = []
  const place = (parentId: string | null, depth: number) => {
    for (const span of children.get(parentId) ?? []) {
      rows.push({ span, depth })
      place(span.spanId, depth + 1)
    }
  }
  place(null, 0)
  return rows
}

/** A call of the plan with the calls that start after it. */
export type PlanNode = {
  readonly index: number
  readonly call: PlannedCall
  readonly next: readonly PlanNode[]
}

/** A call may wait for several: its parent is the last of them, and the others are listed. */
export function arrangePlan(calls: readonly PlannedCall[]): PlanNode[] {
  const nodesBelow = (parent: number): PlanNode[] =>
    calls.flatMap((call, index) =>
      Math.max(-1, ...call.after) === parent ? [{ index, call, next: nodesBelow(index) }] : [],
    )
  return nodesBelow(-1)
}

const read = (span: Span, name: string): string | undefined => {
  const value = span.attributes[name]
  return value === undefined ? undefined : String(value)
}

/** A short description of a span. */
export function describeSpan(span: Span): string {
  const target = span.name === 'gateway.fetch' ? read(span, 'service') : undefined
  const table = read(span, 'db.collection.name')
  const rows = read(span, 'db.rows')
  const joined = read(span, 'joined') === 'true' ? i18n.t('shared with another request') : undefined
  const error = read(span, 'db.error') ?? read(span, 'error.type')
  const parts = [
    target && `→ ${serviceName(target)}`,
    joined,
    table,
    rows && i18n.t('{count, plural, one {# row} other {# rows}}', { count: Number(rows) }),
    error && failureKind(error),
  ]
  return parts.filter(Boolean).join(' · ')
}

/** "0.4 ms", "12 ms", "1.2 s". */
export function formatDuration(ms: number): string {
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(1)} s`
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`
}
