/**
 * The engine: one seam with two executors behind it, the compiled one and the stock ApolloGateway. It is a
 * gateway to Apollo Server, shows plans, and swaps supergraphs without a gap: a new one is loaded and its
 * known operations are compiled before requests see it.
 */
import type { Tracer } from '@opentelemetry/api'
import type {
  GatewayExecutionResult,
  GatewayGraphQLRequestContext,
  GatewayInterface,
  GatewaySchemaLoadOrUpdateCallback,
} from '@apollo/server-gateway-interface'
import type { GraphQLSchema } from 'graphql'
import { createExecutor } from './execute.ts'
import type { Executor } from './execute.ts'
import { loadGeneration } from './supergraph.ts'
import type { Generation } from './supergraph.ts'
import { canGenerate } from './generate.ts'
import type { FetchFields } from './plan/fetch-fields.ts'
import { viewPlan } from './explain.ts'
import type { PlanView } from './explain.ts'
import { createSpans } from './spans.ts'
import { stockDataSource } from './stock.ts'
import type { FetchObserver, SubgraphTransport } from './transport.ts'
import { warmUp } from './warm-up.ts'
import type { KnownOperation } from './warm-up.ts'

export interface EngineOptions<Context> {
  readonly supergraphSdl: string
  readonly transport: SubgraphTransport<Context>
  /** Which executor answers; the compiled one unless said otherwise. */
  readonly executor?: 'compiled' | 'stock'
  /** Operations compiled before the first request; see also `Engine.load`. */
  readonly known?: readonly KnownOperation[]
  /** For example real parsers for custom scalars: what it refuses is never planned. */
  readonly transformApiSchema?: (schema: GraphQLSchema) => GraphQLSchema
  /** Fetches of requests with the same key may be shared while in flight; undefined forbids it. */
  readonly share?: (context: Context) => string | undefined
  /** Whole identical queries of the same key may be answered once; off by default. */
  readonly shareRequests?: (context: Context) => string | undefined
  /** Fetches that read only these fields carry no identity and are shared by everyone. */
  readonly isPublicFetch?: (fetch: FetchFields) => boolean
  readonly onFetch?: FetchObserver<Context>
  readonly tracer?: Tracer
  /** How many compiled operations are kept. */
  readonly mostOperations?: number
  /** How many bytes of compiled operations are kept, roughly. */
  readonly mostOperationBytes?: number
  /** False runs without generated code, as in a process that forbids it. */
  readonly isGenerated?: boolean
}

export interface Engine {
  /** For `new ApolloServer({ gateway })`. */
  readonly gateway: GatewayInterface
  readonly execute: (request: GatewayGraphQLRequestContext) => Promise<GatewayExecutionResult>
  readonly apiSchema: () => GraphQLSchema
  readonly supergraphSdl: () => string
  readonly plan: (document: string, operationName?: string) => PlanView
  /** Loads another supergraph, compiles the known operations for it, and only then swaps. */
  readonly load: (supergraphSdl: string, known?: readonly KnownOperation[]) => Promise<void>
  readonly stop: () => Promise<void>
  /** How many compiled operations are held now. */
  readonly heldOperations: () => number
}

const defaultMostOperations = 1000
const defaultMostOperationBytes = 64 * 1024 * 1024

interface Loaded {
  readonly generation: Generation
  readonly executor: Executor
}

export async function createEngine<Context>(options: EngineOptions<Context>): Promise<Engine> {
  const open = (sdl: string, known: readonly KnownOperation[]) => openLoaded(options, sdl, known)
  let current = await open(options.supergraphSdl, options.known ?? [])
  const listeners = new Set<GatewaySchemaLoadOrUpdateCallback>()
  const bySchema = new WeakMap([[current.generation.apiSchema, current]])
  const notify = () => {
    const { apiSchema, supergraphSdl } = current.generation
    for (const tell of listeners) tell({ apiSchema, coreSupergraphSdl: supergraphSdl })
  }
  // A request runs on the supergraph that it was validated against, even across a swap.
  const execute: Engine['execute'] = (request) =>
    (bySchema.get(request.schema) ?? current).executor.execute(request)
  const stop = () => current.generation.gateway.stop()

  return {
    gateway: {
      load: () => {
        notify()
        return Promise.resolve({ executor: execute })
      },
      onSchemaLoadOrUpdate: (tell) => {
        listeners.add(tell)
        return () => void listeners.delete(tell)
      },
      stop,
    },
    execute,
    apiSchema: () => current.generation.apiSchema,
    supergraphSdl: () => current.generation.supergraphSdl,
    plan: (document, operationName) => viewPlan(current.executor.compile(document, operationName)),
    load: async (supergraphSdl, known = []) => {
      const next = await open(supergraphSdl, known)
      const previous = current
      current = next
      bySchema.set(next.generation.apiSchema, next)
      notify()
      await previous.generation.gateway.stop()
    },
    stop,
    heldOperations: () => current.executor.heldOperations(),
  }
}

async function openLoaded<Context>(
  options: EngineOptions<Context>,
  supergraphSdl: string,
  known: readonly KnownOperation[],
): Promise<Loaded> {
  const transport: SubgraphTransport = options.transport
  const onFetch = options.onFetch as FetchObserver | undefined
  const limits = {
    mostOperations: options.mostOperations ?? defaultMostOperations,
    mostOperationBytes: options.mostOperationBytes ?? defaultMostOperationBytes,
  }
  const generation = await loadGeneration({
    supergraphSdl,
    transformApiSchema: options.transformApiSchema ?? ((schema) => schema),
    dataSource: (service) => stockDataSource(service, transport, onFetch),
    limits,
    isRepaired: options.executor !== 'stock',
  })
  const executor = createExecutor(generation, {
    transport,
    onFetch,
    spans: createSpans(options.tracer),
    isStock: options.executor === 'stock',
    isGenerated: options.isGenerated ?? canGenerate(),
    limits,
    isPublicFetch: options.isPublicFetch ?? (() => false),
    share: options.share as ((context: unknown) => string | undefined) | undefined,
    shareRequests: options.shareRequests as ((context: unknown) => string | undefined) | undefined,
  })
  if (options.executor !== 'stock') await warmUp(executor, known)
  return { generation, executor }
}
