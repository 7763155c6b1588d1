import type { ApolloServerPlugin } from '@apollo/server'
import { scopedTracer } from '@cnop/kit/tracing/span'
import { SpanStatusCode } from '@opentelemetry/api'
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
 * What Apollo Server does of a traced request before the engine has it. Documents that it parsed before are parsed
 * and validated no second time, and show no such span.
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
