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
import type { Exchange, OperationContext } from '../edge/request-context.ts'
import type { InspectDocument } from '../guard/inspect-document.ts'
import type { FindDocument } from './manifest.ts'
import { findRequestDocument } from './request-document.ts'
import { type OperationGuard, operationStages } from './operation-stages.ts'
import { operationSpans } from '../trace/operation-spans.ts'
import { inTraceOf } from '../trace/request-trace.ts'

export interface GraphQLAnswer {
  readonly status: number
  readonly contentType: string
  /** The engine's own bytes when nobody had to look into them. */
  readonly body: string | Buffer
  readonly retryAfterSeconds: string | undefined
}

export interface GraphQLResult {
  readonly data?: Record<string, unknown> | null
  readonly errors?: readonly GraphQLFormattedError[]
}

export interface GraphQLDoor {
  /** Answers an HTTP request for `/graphql`. */
  answer(
    exchange: Exchange,
    request: { method: string; headers: HeaderMap; search: string; body: unknown },
  ): Promise<GraphQLAnswer>
  /** Runs a persisted operation for another door: `/auth`, the REST shim. */
  run(
    exchange: Exchange,
    document: string,
    variables: Record<string, unknown>,
  ): Promise<GraphQLResult>
  close(): Promise<void>
}

interface DoorOptions {
  readonly gateway: GatewayInterface
  readonly findDocument: FindDocument
  readonly isPersistedOnly: boolean
  readonly allowsIntrospection: boolean
  readonly inspect: InspectDocument
  readonly guards: readonly OperationGuard[]
  /** Of all parsed documents that are kept, roughly. */
  readonly documentCacheBytes: number
  readonly log: Log
}

/** So many parsed documents are kept; the text of a client's own may be another one each time. */
const mostDocuments = 1_000

/** Starts Apollo Server over the gateway; everything about documents, from the persisted lookup to the answer, is here. */
export async function openGraphQL(options: DoorOptions): Promise<GraphQLDoor> {
  const server = new ApolloServer<OperationContext>({
    gateway: options.gateway,
    // The document inspection decides it, request by request.
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
      operationStages(options.guards),
      operationSpans,
      // Apollo's own page loads scripts of a foreign site; ours is the playground.
      ApolloServerPluginLandingPageDisabled(),
    ],
    stringifyResult,
  })
  await server.start()
  return {
    answer: async (exchange, request) => {
      const httpGraphQLRequest = await findRequestDocument(options, exchange, request)
      const contextValue = { request: exchange }
      const slot = openSlot(contextValue)
      const response = await inTraceOf(exchange, () =>
        server.executeHTTPGraphQLRequest({
          httpGraphQLRequest,
          context: () => Promise.resolve(contextValue),
        }),
      )
      return toAnswer(response, exchange, slot.bytes)
    },
    run: async (exchange, query, variables) => {
      const { body } = await inTraceOf(exchange, () =>
        server.executeOperation({ query, variables }, { contextValue: { request: exchange } }),
      )
      if (body.kind !== 'single') throw new Error('The router does not stream answers.')
      const { data, errors } = body.singleResult
      return { ...(data !== undefined && { data }), ...(errors && { errors }) }
    },
    close: () => server.stop(),
  }
}

function toAnswer(
  { status, headers, body }: HTTPGraphQLResponse,
  exchange: Exchange,
  finished: Buffer | undefined,
): GraphQLAnswer {
  if (body.kind !== 'complete') throw new Error('The router does not stream answers.')
  const contentType = headers.get('content-type') ?? 'application/json; charset=utf-8'
  const plain = { status: status ?? 200, contentType, retryAfterSeconds: undefined }
  if (finished && body.string === bodyInSlot) return { ...plain, body: finished }
  const result = body.string.includes('"errors"')
    ? (JSON.parse(body.string) as GraphQLResult)
    : undefined
  if (!result?.errors) return { ...plain, body: body.string }
  const errors = normaliseErrors(result.errors, exchange.requestId)
  const text = `${JSON.stringify({ errors, ...without(result) })}\n`
  return {
    status: statusFor(plain.status, contentType, errors),
    contentType,
    body: text,
    retryAfterSeconds: retryAfter(errors),
  }
}

/** When to come again, as the details of a limit's refusal say; never anything that is no number. */
function retryAfter(errors: readonly GraphQLFormattedError[]): string | undefined {
  const waits = errors.flatMap(({ extensions }) => {
    const { retryAfterSeconds } = (extensions?.['details'] ?? {}) as Record<string, unknown>
    return typeof retryAfterSeconds === 'string' && /^\d{1,6}$/.test(retryAfterSeconds)
      ? [parseInt(retryAfterSeconds, 10)]
      : []
  })
  return waits.length > 0 ? String(Math.max(...waits)) : undefined
}

/** What the document or its variables got wrong; plain JSON clients expect to read it in a 200. */
const requestErrorCodes = new Set<unknown>([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
])

/**
 * Apollo answers 500 for an operation that a guard refused; the refusal's code says what it really is. A document
 * that is wrong follows the specification: 400 for its own media type, 200 for plain JSON.
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
