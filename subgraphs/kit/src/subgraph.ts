import { performance } from 'node:perf_hooks'
import { ApolloServer, type GraphQLRequest } from '@apollo/server'
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { sdl, type SubgraphName } from '@cnop/schema/read'
import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLFormattedError,
  Kind,
  parse,
} from 'graphql'
import { activityOf } from './activity.ts'
import type { Clock } from './clock.ts'
import type { Store } from './dynamo.ts'
import { checkStore } from './health.ts'
import { createDocumentStore } from './document-bytes.ts'
import { CallerSessionEnded, DomainError } from './errors.ts'
import {
  type Actor,
  type ClientApi,
  type Headers,
  type Identity,
  verifyCall,
  rememberNonces,
  type SigningKey,
} from './identity.ts'
import { type Log, maskAddress } from './log.ts'
import { maskError } from './masking.ts'
import type { RedisConnection } from './redis.ts'
import { createOperationLabels, createServiceMetrics, type ServiceMetrics } from './metrics.ts'
import { scalars } from './scalars.ts'
import { shareNonces } from './shared-nonces.ts'
import { currentScope, runInScope, traceField } from './tracing/scope.ts'
import { inSpan } from './tracing/span.ts'

/** The context of one request, beside the subgraph's dependencies. */
export interface RequestScope {
  readonly requestId: string
  readonly actor: Actor | undefined
  readonly clientIp: string | undefined
  readonly userAgent: string | undefined
  readonly api?: ClientApi | undefined
  /** The moment whose prices the request reads, in milliseconds since 1970. */
  readonly momentMs?: number | undefined
  readonly log: Log
  readonly callerSession: CallerSession
}

/** What a mutation has done to the session of its own caller. */
export interface CallerSession {
  /** Then the fields that follow are refused, here and by the router in other calls, as the next request is. */
  hasEnded: boolean
}

const endedMark = { sessionEnded: true } as const
const endOfMarked = `"extensions":${JSON.stringify(endedMark)}}`

/** Whether a reply says that the call ended its caller's session. Only its own end is compared, which holds no client's text. */
export const endedCallerSession = (replyBody: string): boolean => replyBody.endsWith(endOfMarked)

export interface SubgraphCall {
  readonly headers: Headers
  /** The JSON text of a GraphQL request. */
  readonly body: string
}

export interface SubgraphReply {
  /** 200 for every call of the router; 4xx without a GraphQL result for other callers. */
  readonly status: number
  readonly body: string
}

/** By name: 'ok', or a code of the failure; details are logged. */
export type Checks = Readonly<Record<string, string>>

/** Answers a signed call of the router with JSON text. */
export type InternalRoute = (query: URLSearchParams) => Promise<string>

/** A running subgraph: called by the router in its own process, or by kit/serve over HTTP, in the same way. */
export interface Subgraph {
  readonly name: SubgraphName
  readonly metrics: ServiceMetrics
  handle(call: SubgraphCall): Promise<SubgraphReply>
  /** Why the router did not make this call, or undefined when it did. */
  refuse(call: SubgraphCall): Promise<SubgraphReply | undefined>
  /** Touches every store it needs; anything but 'ok' is a code of the reason. */
  health(): Promise<Checks>
  /** Further routes of the subgraph's own process, each giving JSON text to signed calls of the router. */
  readonly routes?: Readonly<Record<string, InternalRoute>>
  close(): Promise<void>
}

export interface SubgraphOptions<Context extends RequestScope> {
  readonly name: SubgraphName
  readonly resolvers: object
  readonly context: (scope: RequestScope) => Context
  readonly signingKeys: readonly SigningKey[]
  /** The store that the service requires. */
  readonly store: Store
  /** Shared with the other copies of the service; undefined where there are none. */
  readonly redis: RedisConnection | undefined
  readonly now: Clock
  readonly log: Log
  readonly close?: () => Promise<void>
}

type SchemaModule = Extract<Parameters<typeof buildSubgraphSchema>[0], { resolvers?: unknown }>

function buildSchema(name: SubgraphName, resolvers: object) {
  const typeDefs = parse(sdl(name))
  const declared = new Set(
    typeDefs.definitions.flatMap((node) =>
      node.kind === Kind.SCALAR_TYPE_DEFINITION ? [node.name.value] : [],
    ),
  )
  const ownScalars = Object.fromEntries(
    Object.entries(scalars).filter(([scalar]) => declared.has(scalar)),
  )
  // The resolver maps of codegen are typed per field; Apollo's map type is not.
  const module = { typeDefs, resolvers: { ...ownScalars, ...resolvers } } as SchemaModule
  const schema = buildSubgraphSchema(module)
  const mutations = Object.values(schema.getMutationType()?.getFields() ?? {})
  for (const field of mutations as GraphQLField<unknown, RequestScope>[]) refuseAfterEnd(field)
  return schema
}

function refuseAfterEnd(field: GraphQLField<unknown, RequestScope>): void {
  const { resolve = defaultFieldResolver } = field
  field.resolve = (parent, input, context, info) => {
    if (context.callerSession.hasEnded) throw new CallerSessionEnded()
    return resolve(parent, input, context, info)
  }
}

/** Assembles a subgraph of SDL, resolvers, signed identity, error masking, metrics and logs. */
export async function createSubgraph<Context extends RequestScope>(
  options: SubgraphOptions<Context>,
): Promise<Subgraph> {
  const { name, log } = options
  const metrics = createServiceMetrics(name)
  const server = new ApolloServer<Context>({
    schema: buildSchema(name, options.resolvers),
    includeStacktraceInErrorResponses: false,
    introspection: true,
    csrfPrevention: false,
    stopOnTerminationSignals: false,
    formatError: (formatted, error) => keepCause(formatted, error),
    logger: log,
    documentStore: createDocumentStore(),
    plugins: [ApolloServerPluginInlineTraceDisabled()],
  })
  await server.start()
  const open = createOpener(options, metrics)
  const labelOf = createOperationLabels()
  const activity = activityOf(options.store.db)
  return {
    name,
    metrics,
    handle: async (call) => {
      const startedAt = performance.now()
      const opened = await open(call)
      if ('status' in opened) return opened
      await activity.wake()
      const request = JSON.parse(call.body) as GraphQLRequest
      const end = metrics.begin()
      const { body, outcome } = await answerInScope(server, options, request, opened).finally(end)
      const seconds = (performance.now() - startedAt) / 1000
      metrics.observe(labelOf(request.operationName ?? undefined), outcome, seconds)
      return { status: 200, body }
    },
    refuse: async (call) => {
      const opened = await open(call)
      return 'status' in opened ? opened : undefined
    },
    health: checkStore(options.store, log),
    close: async () => {
      await server.stop()
      await options.close?.()
    },
  }
}

interface Answered {
  readonly body: string
  /** The status label in metrics. */
  readonly outcome: number
}

/** Runs the request in its scope: all its log lines have its id, and all spans belong to its trace. */
function answerInScope<Context extends RequestScope>(
  server: ApolloServer<Context>,
  options: SubgraphOptions<Context>,
  request: GraphQLRequest,
  identity: Identity,
): Promise<Answered> {
  const trace = currentScope()?.trace
  const log = options.log.child({
    request_id: identity.requestId,
    ...traceField(trace),
    ...(identity.clientIp !== undefined && { client_ip: maskAddress(identity.clientIp) }),
  })
  const operation = request.operationName ?? 'anonymous'
  return runInScope({ log, trace, subgraph: options.name }, () =>
    inSpan('subgraph.execute', { 'graphql.operation.name': operation }, async (span) => {
      const callerSession = { hasEnded: false }
      const answered = await answer(server, options, request, { ...identity, log, callerSession })
      span?.setAttribute('outcome', answered.outcome)
      return answered
    }),
  )
}

/** Runs one request and gives the JSON text of its masked answer. */
async function answer<Context extends RequestScope>(
  server: ApolloServer<Context>,
  { context }: SubgraphOptions<Context>,
  request: GraphQLRequest,
  scope: RequestScope,
): Promise<Answered> {
  const response = await server.executeOperation(request, { contextValue: context(scope) })
  if (response.body.kind !== 'single') throw new Error('A subgraph must not stream its response.')
  const { errors, ...rest } = response.body.singleResult
  const masked = errors?.map((error) => maskAndLog(error, scope))
  const mark = scope.callerSession.hasEnded && { extensions: endedMark }
  const body = JSON.stringify({ ...(masked && { errors: masked }), ...rest, ...mark })
  if (!masked) return { body, outcome: 200 }
  const codes = masked.map(({ extensions }) => extensions?.['code'])
  if (codes.includes('INTERNAL')) return { body, outcome: 500 }
  return { body, outcome: codes.includes('STORE_UNAVAILABLE') ? 503 : 422 }
}

/** Verifies signatures; a call without a valid one is answered 403, counted and logged. */
function createOpener(
  {
    name,
    signingKeys,
    redis,
    now,
    log,
  }: Pick<SubgraphOptions<never>, 'name' | 'signingKeys' | 'redis' | 'now' | 'log'>,
  metrics: ServiceMetrics,
) {
  const isFresh = rememberNonces()
  const claim = shareNonces(redis, name)
  return async (call: SubgraphCall): Promise<Identity | SubgraphReply> => {
    try {
      const identity = verifyCall(signingKeys, { subgraph: name, ...call }, now(), isFresh)
      await claim(call.headers)
      return identity
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      metrics.observe('refused', 403, 0)
      const reason = { action: 'call.refused', extra: { reason: error.message } }
      log.warn(reason, 'A call without a valid signature was refused.')
      // Not a GraphQL result, which the router would pass on to its client.
      return { status: 403, body: JSON.stringify({ message: error.message }) }
    }
  }
}

interface TracedError extends GraphQLFormattedError {
  readonly cause?: unknown
}

/** Keeps the original error beside the formatted one until it is masked and logged. */
function keepCause(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const original = (error as { originalError?: unknown } | null)?.originalError ?? error
  return Object.defineProperty({ ...formatted }, 'cause', { value: original, enumerable: false })
}

function maskAndLog(error: TracedError, { requestId, log }: RequestScope): GraphQLFormattedError {
  const masked = maskError(error, requestId)
  if (masked.extensions?.['code'] === 'INTERNAL') {
    log.error(
      { action: 'resolver.failed', error: error.cause ?? error },
      'A resolver failed unexpectedly.',
    )
  }
  return masked
}
