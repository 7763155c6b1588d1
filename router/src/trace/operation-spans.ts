import type { ApolloServerPlugin } from '@apollo/server'
import { scopedTracer } from '@cnop/kit/tracing/span'
import { SpanStatusCode } from '@opentelemetry/api'
import type { CallObserver } from '../engine/transport.ts'
import type { OperationContext } from '../edge/request-context.ts'

/** Begins a span; the returned function ends it. */
function begin(name: string): (failure?: unknown) => Promise<void> {
  const span = scopedTracer.startSpan(name)
  return (failure) => {
    if (failure !== undefined) span.setStatus({ code: SpanStatusCode.ERROR })
    span.end()
    return Promise.resolve()
  }
}

/**
 * Spans of Apollo Server's steps before the engine. Cached documents are not parsed and validated again, and have no
 * such spans.
 */
export const operationSpans: ApolloServerPlugin<OperationContext> = {
  requestDidStart: ({ contextValue: { request } }) => {
    if (!request.trace) return Promise.resolve()
    return Promise.resolve({
      parsingDidStart: () => Promise.resolve(begin('graphql.parse')),
      validationDidStart: () => Promise.resolve(begin('graphql.validate')),
      didResolveOperation: ({ source }) => {
        request.document = source
        return Promise.resolve()
      },
    })
  },
}

/**
 * A call that another request is already making appears in the trace of that request. A request that joins it logs so,
 * and records the time that it waited.
 */
export const noteJoinedFetches: CallObserver<OperationContext> = ({
  service,
  operationName,
  isJoined,
  context: { request },
}) => {
  if (!isJoined) return undefined
  const extra = { subgraph: service, operation: operationName }
  request.log.debug({ action: 'subgraph.joined', extra }, 'A call in progress is shared.')
  const span = scopedTracer.startSpan('gateway.fetch', { attributes: { service, joined: true } })
  return ({ failure }) => {
    if (failure !== undefined) span.setStatus({ code: SpanStatusCode.ERROR })
    span.end()
  }
}
