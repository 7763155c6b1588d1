import { ApolloServer, type HeaderMap, type HTTPGraphQLResponse } from '@apollo/server'
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled'
import type { GatewayInterface } from '@apollo/server-gateway-interface'
import { documentBytes } from '@cnop/kit/document-bytes'
import type { Log } from '@cnop/kit/log'
import { isErrorCode } from '@cnop/schema/codes'
import type { GraphQLFormattedError } from 'graphql'
import { createLimitedStore } from '../engine/limited-map.ts'
import { bodyInSlot, openSlot, stringifyResult } from '../engine/write/body.ts'
import { normaliseErrors } from '../errors/normalise.ts'
import { statusOf } from '../errors/status.ts'
import type { RequestContext, OperationContext } from '../edge/request-context.ts'
import type { InspectDocument } from '../guard/inspect-document.ts'
import type { FindDocument } from './known-operations.ts'
import { findRequestDocument } from './request-document.ts'
import type { CountErrors } from './operation-metrics.ts'
import { type OperationGuard, operationStages } from './operation-stages.ts'
import { operationSpans } from '../trace/operation-spans.ts'
import { inTraceOf } from '../trace/request-trace.ts'

export interface GraphQLAnswer {
  readonly status: number
  readonly contentType: string
  /** The engine's bytes, unless a plugin needs the parsed result. */
  readonly body: string | Buffer
  readonly retryAfterSeconds: string | undefined
  /** The methods that the operation may be sent by, where it came by another one. */
  readonly allow: string | undefined
}

export interface GraphQLResult {
  readonly data?: Record<string, unknown> | null
  readonly errors?: readonly GraphQLFormattedError[]
}

export interface GraphQLEndpoint {
  /** Answers an HTTP request for `/graphql`. */
  answer(
    context: RequestContext,
    request: { method: string; headers: HeaderMap; search: string; body: unknown },
  ): Promise<GraphQLAnswer>
  /** Runs a persisted operation for another endpoint: `/auth`, the REST shim. */
  run(
    context: RequestContext,
    document: string,
    variables: Record<string, unknown>,
  ): Promise<GraphQLResult>
  close(): Promise<void>
}

interface EndpointOptions {
  readonly gateway: GatewayInterface
  readonly findDocument: FindDocument
  readonly isPersistedOnly: boolean
  readonly allowsIntrospection: boolean
  readonly inspect: InspectDocument
  readonly guards: readonly OperationGuard[]
  readonly countErrors: CountErrors
  /** An estimate of the memory of all cached documents. */
  readonly documentCacheBytes: number
  readonly log: Log
}

/** Parsed documents are cached up to this count; clients may send unbounded distinct texts. */
const mostDocuments = 1_000

/** Starts Apollo Server over the gateway. */
export async function openGraphQL(options: EndpointOptions): Promise<GraphQLEndpoint> {
  const server = new ApolloServer<OperationContext>({
    gateway: options.gateway,
    // The document inspection decides per request.
    introspection: true,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: !options.allowsIntrospection,
    persistedQueries: false,
    documentStore: createLimitedStore(mostDocuments, {
      mostBytes: options.documentCacheBytes,
      bytesOf: documentBytes,
    }),
    stopOnTerminationSignals: false,
    csrfPrevention: true,
    logger: options.log,
    plugins: [
      operationStages(options.guards, options.countErrors),
      operationSpans,
      // Apollo's landing page loads scripts from a CDN; the playground replaces it.
      ApolloServerPluginLandingPageDisabled(),
    ],
    stringifyResult,
  })
  await server.start()
  return {
    answer: async (context, request) => {
      const httpGraphQLRequest = await findRequestDocument(options, context, request)
      const contextValue = { request: context }
      const slot = openSlot(contextValue)
      const response = await inTraceOf(context, () =>
        server.executeHTTPGraphQLRequest({
          httpGraphQLRequest,
          context: () => Promise.resolve(contextValue),
        }),
      )
      const body = httpGraphQLRequest.body as { readonly query?: string } | undefined
      return toAnswer(response, context, { finished: slot.bytes, document: body?.query })
    },
    run: async (context, query, variables) => {
      const { body } = await inTraceOf(context, () =>
        server.executeOperation({ query, variables }, { contextValue: { request: context } }),
      )
      if (body.kind !== 'single')
        throw new Error('The router does not support incremental delivery.')
      const { data, errors } = body.singleResult
      return { ...(data !== undefined && { data }), ...(errors && { errors }) }
    },
    close: () => server.stop(),
  }
}

function toAnswer(
  { status, headers, body }: HTTPGraphQLResponse,
  context: RequestContext,
  { finished, document }: { finished: Buffer | undefined; document: string | undefined },
): GraphQLAnswer {
  if (body.kind !== 'complete') throw new Error('The router does not support incremental delivery.')
  const contentType = headers.get('content-type') ?? 'application/json; charset=utf-8'
  const allow = headers.get('allow')
  const plain = { status: status ?? 200, contentType, retryAfterSeconds: undefined, allow }
  if (finished && body.string === bodyInSlot) return { ...plain, body: finished }
  const result = body.string.includes('"errors"')
    ? (JSON.parse(body.string) as GraphQLResult)
    : undefined
  if (!result?.errors) return { ...plain, body: body.string }
  const errors = normaliseErrors(
    allow === undefined ? result.errors : result.errors.map(withMethodCode),
    context.requestId,
    document,
  )
  const text = `${JSON.stringify({ errors, ...without(result) })}\n`
  return {
    status: statusFor(plain.status, contentType, errors),
    contentType,
    body: text,
    retryAfterSeconds: retryAfter(errors),
    allow,
  }
}

const withMethodCode = ({ message, extensions }: GraphQLFormattedError): GraphQLFormattedError => ({
  message,
  extensions: { ...extensions, code: 'METHOD_NOT_ALLOWED' },
})

/** The longest `retryAfterSeconds` of the errors' details. */
function retryAfter(errors: readonly GraphQLFormattedError[]): string | undefined {
  const waits = errors.flatMap(({ extensions }) => {
    const { retryAfterSeconds } = (extensions?.['details'] ?? {}) as Record<string, unknown>
    return typeof retryAfterSeconds === 'string' && /^\d{1,6}$/.test(retryAfterSeconds)
      ? [parseInt(retryAfterSeconds, 10)]
      : []
  })
  return waits.length > 0 ? String(Math.max(...waits)) : undefined
}

/** Errors of the document or its variables; clients that accept plain JSON expect a 200. */
const requestErrorCodes = new Set<unknown>([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
])

/**
 * Apollo answers 500 for an operation that a guard refused; the code of the refusal decides instead. For an invalid
 * document the GraphQL-over-HTTP specification decides: 400 for its own media type, 200 for plain JSON.
 */
function statusFor(
  status: number,
  contentType: string,
  errors: readonly GraphQLFormattedError[],
): number {
  const code = errors[0]?.extensions?.['code']
  if (status === 500 && isErrorCode(code)) return statusOf[code]
  const isPlain = contentType.startsWith('application/json')
  return status === 400 && isPlain && requestErrorCodes.has(code) ? 200 : status
}

function without(result: GraphQLResult): Omit<GraphQLResult, 'errors'> {
  const { errors: _errors, ...rest } = result
  return rest
}
