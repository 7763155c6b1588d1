import {
  type Attributes,
  type Context,
  INVALID_SPAN_CONTEXT,
  type Span,
  type SpanOptions,
  SpanStatusCode,
  trace as spans,
  type Tracer,
} from '@opentelemetry/api'
import { currentScope, runInScope, type Scope, type Trace } from './scope.ts'
import { formatTraceparent } from './traceparent.ts'

/** Runs work in a span of the current trace. Where nothing is recorded, nothing is made. */
export async function inSpan<T>(
  name: string,
  attributes: Attributes,
  work: (span: Span | undefined) => Promise<T>,
): Promise<T> {
  const scope = currentScope()
  if (!scope?.trace) return work(undefined)
  const span = startSpan(scope, scope.trace, name, { attributes })
  try {
    return await runInScope(within(scope, scope.trace, span), () => work(span))
  } catch (error) {
    // The message may contain user input; the name never does.
    if (error instanceof Error) span.setAttribute('error.type', error.name)
    span.setStatus({ code: SpanStatusCode.ERROR })
    throw error
  } finally {
    span.end()
  }
}

function startSpan(
  { subgraph }: Scope,
  { tracer, parent }: Trace,
  name: string,
  { attributes, ...options }: SpanOptions,
): Span {
  const own = subgraph === undefined ? attributes : { subgraph, ...attributes }
  return tracer.startSpan(name, { ...options, ...(own && { attributes: own }) }, parent)
}

const within = (scope: Scope, { tracer, parent }: Trace, span: Span): Scope => ({
  ...scope,
  trace: { tracer, parent: spans.setSpan(parent, span) },
})

const nothing = spans.wrapSpanContext(INVALID_SPAN_CONTEXT)

type SpanWork = (span: Span) => unknown

function startActiveSpan<Work extends SpanWork>(
  name: string,
  ...rest: [Work] | [SpanOptions, Work] | [SpanOptions, Context, Work]
): ReturnType<Work> {
  const work = rest[rest.length - 1] as (span: Span) => ReturnType<Work>
  const scope = currentScope()
  if (!scope?.trace) return work(nothing)
  const options = rest.length === 1 ? {} : rest[0]
  const span = startSpan(scope, scope.trace, name, options)
  return runInScope(within(scope, scope.trace, span), () => work(span))
}

/** For libraries that require a tracer: its spans belong to the trace of the current scope. */
export const scopedTracer: Tracer = {
  startSpan: (name, options = {}) => {
    const scope = currentScope()
    return scope?.trace ? startSpan(scope, scope.trace, name, options) : nothing
  },
  startActiveSpan,
}

/** The context that another process needs to continue the current trace. */
export function traceHeaders(): Readonly<Record<string, string>> {
  const trace = currentScope()?.trace
  const span = trace && spans.getSpanContext(trace.parent)
  return span ? { traceparent: formatTraceparent(span) } : {}
}
