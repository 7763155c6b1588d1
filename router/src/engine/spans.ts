/**
 * Spans under the names of the stock gateway, so that dashboards work with either executor. Without a tracer nothing is
 * allocated.
 */
import { SpanStatusCode, type Attributes, type Tracer } from '@opentelemetry/api'

export type SpanName =
  | 'gateway.request'
  | 'gateway.plan'
  | 'gateway.validate'
  | 'gateway.execute'
  | 'gateway.fetch'
  | 'gateway.postprocessing'

export type FetchSpan = <T>(
  facts: { readonly service: string },
  work: () => Promise<T>,
) => Promise<T>

export interface Spans {
  readonly fetch: FetchSpan
  /** Runs work in a span; a throw or a rejection marks it as failed. */
  readonly around: <T>(name: SpanName, attributes: Attributes, work: () => T) => T
}

export function createSpans(tracer: Tracer | undefined): Spans {
  if (!tracer)
    return { fetch: (_facts, work) => work(), around: (_name, _attributes, work) => work() }
  const around: Spans['around'] = (name, attributes, work) => traced(tracer, name, attributes, work)
  return {
    fetch: ({ service }, work) => around('gateway.fetch', { service }, work),
    around,
  }
}

function traced<T>(tracer: Tracer, name: SpanName, attributes: Attributes, work: () => T): T {
  return tracer.startActiveSpan(name, { attributes }, (span) => {
    if (!span.isRecording()) return work()
    const fail = () => void span.setStatus({ code: SpanStatusCode.ERROR })
    try {
      const result = work()
      const end = () => span.end()
      if (result instanceof Promise) void result.catch(fail).then(end)
      else end()
      return result
    } catch (error) {
      fail()
      span.end()
      throw error
    }
  })
}
