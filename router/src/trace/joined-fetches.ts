import { scopedTracer } from '@cnop/kit/tracing/span'
import { SpanStatusCode } from '@opentelemetry/api'
import type { CallObserver } from '../engine/transport.ts'
import type { OperationContext } from '../edge/request-context.ts'

/**
 * A fetch that another request is already making appears in the trace of that one. Whoever waits for its answer logs
 * so, and shows the time that it waited.
 */
export const noteJoinedFetches: CallObserver<OperationContext> = ({
  service,
  operationName,
  isJoined,
  context: { request },
}) => {
  if (!isJoined) return undefined
  const extra = { subgraph: service, operation: operationName }
  request.log.debug({ action: 'subgraph.joined', extra }, 'A call under way is shared.')
  const span = scopedTracer.startSpan('gateway.fetch', { attributes: { service, joined: true } })
  return ({ failure }) => {
    if (failure !== undefined) span.setStatus({ code: SpanStatusCode.ERROR })
    span.end()
  }
}
