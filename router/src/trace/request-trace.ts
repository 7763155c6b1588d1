import { createHmac, randomBytes } from 'node:crypto'
import { runInScope, traceField } from '@cnop/kit/tracing/scope'
import type { RequestTrace, Tracing } from '@cnop/kit/tracing/tracing'
import { SpanStatusCode } from '@opentelemetry/api'
import type { Request, RequestHandler, Response } from 'express'
import { onceClosed } from '../edge/answered.ts'
import { type RequestContext, contextOf } from '../edge/request-context.ts'
import type { FindEndpoint } from '../edge/metrics.ts'
import type { Documents } from './documents.ts'

/** Endpoints that run operations. Health, files and streams, which stay open, are not traced. */
const tracedPaths = /^\/(?:graphql|auth|api|export)(?:[/?]|$)/

interface TraceParts {
  readonly tracing: Tracing
  readonly documents: Documents
  readonly findEndpoint: FindEndpoint
}

/** Starts the trace of a request, and ends it with the response, complete or aborted. */
export function traceRequests({ tracing, documents, findEndpoint }: TraceParts): RequestHandler {
  const pseudonym = createPseudonyms()
  return (request, response, next) => {
    const { traceparent } = request.headers
    const trace = tracedPaths.test(request.originalUrl)
      ? tracing.begin('request', typeof traceparent === 'string' ? traceparent : undefined)
      : undefined
    if (trace) {
      const context = contextOf(response)
      context.trace = trace
      context.log = context.log.child(traceField(trace.trace))
      onceClosed(response, () => {
        documents.keep(trace.span.spanContext().traceId, context)
        describe(trace, request, response, findEndpoint(request, response))
        const { username } = context.actor ?? {}
        if (username !== undefined) trace.span.setAttribute('user', pseudonym(username))
        trace.span.end()
      })
    }
    next()
  }
}

function describe(
  { span }: RequestTrace,
  { method }: Request,
  response: Response,
  endpoint: string,
): void {
  const { requestId, operationName, fetches } = contextOf(response)
  const asked = new Set(fetches.map(({ service }) => service))
  span.updateName(`${method} ${endpoint}`)
  span.setAttributes({
    'http.request.method': method,
    'http.route': endpoint,
    request_id: requestId,
    subgraphs: [...asked].join(','),
  })
  if (operationName !== undefined) span.setAttribute('graphql.operation.name', operationName)
  if (response.writableFinished) {
    span.setAttribute('http.response.status_code', response.statusCode)
    if (response.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
  } else {
    span.setAttribute('aborted', true)
  }
}

/** Groups requests of one user within the lifetime of this process, without naming the user. */
function createPseudonyms(): (username: string) => string {
  const key = randomBytes(32)
  return (username) => createHmac('sha256', key).update(username).digest('hex').slice(0, 12)
}

/** Runs work in the scope of a request, so that spans below belong to its trace. */
export const inTraceOf = <T>({ trace, log }: RequestContext, work: () => T): T =>
  trace ? runInScope({ log, trace: trace.trace }, work) : work()
