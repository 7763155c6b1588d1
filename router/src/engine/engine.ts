/**
 * The engine: a gateway for Apollo Server with two executors, the compiled one and the stock ApolloGateway. It explains
 * plans and swaps supergraphs without downtime: a new one is loaded and its known operations are compiled before it
 * receives requests.
 */
import type { CancelSignal } from './cancellation.ts'
import { performance } from 'node:perf_hooks'
import type {
  GatewayExecutionResult,
  GatewayGraphQLRequestContext,
  GatewayInterface,
  GatewaySchemaLoadOrUpdateCallback,
} from '@apollo/server-gateway-interface'
import { chance } from '@cnop/kit/ids'
import type { Tracer } from '@opentelemetry/api'
import type { GraphQLSchema } from 'graphql'
import { createExecutor, type Executor } from './execute.ts'
import { viewPlan, type Explanation, type PlanView } from './explain.ts'
import { canGenerate } from './generate.ts'
import type { FetchFields } from './plan/graph.ts'
import type { KnownOperation, PlanObserver } from './operations.ts'
import { prepareSupergraph } from './plan/prepare-supergraph.ts'
import { identifySupergraph, sharedPlannerPool, type PlannerPool } from './plan/planner-pool.ts'
import { withStoredPlans, type StoredPlans } from './plan/stored-plans.ts'
import type { Rights, VariantSetting } from './rules/variants.ts'
import { createSpans } from './spans.ts'
import { stockDataSource } from './stock.ts'
import { loadSupergraph, type LoadedSupergraph, type SupergraphOptions } from './supergraph.ts'
import type { CallObserver, SubgraphTransport } from './transport.ts'
import { openTurns } from './turns.ts'

export interface EngineOptions<Context> {
  readonly supergraphSdl: string
  readonly transport: SubgraphTransport<Context>
  /** Which executor runs operations; the compiled one by default. */
  readonly executor?: 'compiled' | 'stock'
  /** Operations compiled before the first request; see also `Engine.load`. */
  readonly known?: readonly KnownOperation[]
  /** For example, adds parsers for custom scalars: values that they refuse are never planned. */
  readonly transformApiSchema?: (schema: GraphQLSchema) => GraphQLSchema
  /** Requests with the same key may share calls in flight; undefined forbids it. */
  readonly share?: (context: Context) => string | undefined
  /** Identical queries with the same key are executed once while in progress; off by default. */
  readonly shareRequests?: (context: Context) => string | undefined
  /** Fetches that read only public fields carry no identity and are shared by all requests. */
  readonly isPublicFetch?: (fetch: FetchFields) => boolean
  /** What the caller has proven, for `@authenticated` and `@requiresScopes`; nothing by default. */
  readonly rights?: (context: Context) => Rights
  /** What a field refuses that the caller may not read: itself (it is null, with an error), or the whole operation. */
  readonly refuses?: 'field' | 'operation'
  /** Whether the label of an `@override` is active for a request; `percent(n)` is decided by chance. */
  readonly isLabelActive?: (label: string, context: Context) => boolean
  /** A random value from 0 up to 1, for `percent(n)`. */
  readonly chance?: () => number
  readonly onCall?: CallObserver<Context>
  /** Called once for each operation that was planned. */
  readonly onPlan?: PlanObserver
  /** Aborts when the client of a request has left: its plan and its calls end, unless other requests need them. */
  readonly signal?: (context: Context) => CancelSignal | undefined
  /** Who makes a request: the plans of one caller leave room for those of others. */
  readonly caller?: (context: Context) => string | undefined
  /** The longest time for planning one operation; 2 seconds by default. */
  readonly planTimeLimitMs?: number
  /** The processes that plan; all engines of a process share theirs by default. */
  readonly planners?: PlannerPool
  /** Plans that were made ahead of the start; those of another supergraph are ignored. */
  readonly storedPlans?: StoredPlans
  readonly tracer?: Tracer
  /** How many compiled operations are kept. */
  readonly mostOperations?: number
  /** The approximate memory of all compiled operations, in bytes. */
  readonly mostOperationBytes?: number
  /** False runs without generated code, as in processes that forbid code generation. */
  readonly isGenerated?: boolean
}

export interface Engine {
  /** For `new ApolloServer({ gateway })`. */
  readonly gateway: GatewayInterface
  readonly execute: (request: GatewayGraphQLRequestContext) => Promise<GatewayExecutionResult>
  /** The same for servers that write the response themselves; see `Executor`. */
  readonly run: Executor['run']
  readonly apiSchema: () => GraphQLSchema
  readonly supergraphSdl: () => string
  readonly plan: (document: string, operationName?: string) => Promise<PlanView>
  /** The plan with the source that is generated for it, with all @skip and @include variables true. */
  readonly explain: (document: string, operationName?: string) => Promise<Explanation>
  /** Loads another supergraph, compiles the known operations for it, and then swaps. */
  readonly load: (supergraphSdl: string, known?: readonly KnownOperation[]) => Promise<void>
  readonly stop: () => Promise<void>
  readonly heldOperations: () => number
}

const defaultPlanTimeLimitMs = 2_000
const defaultMostOperations = 1000
const defaultMostOperationBytes = 64 * 1024 * 1024

interface Loaded {
  readonly supergraph: LoadedSupergraph
  readonly executor: Executor
}

export async function createEngine<Context>(options: EngineOptions<Context>): Promise<Engine> {
  const planners = options.planners ?? sharedPlannerPool()
  // Planners that the caller brings are the caller's to close.
  const release = () => (options.planners ? undefined : planners.close())
  let current = await closingOnError(release, () => openFirst(options, planners))
  const listeners = new Set<GatewaySchemaLoadOrUpdateCallback>()
  const bySchema = new WeakMap([[current.supergraph.apiSchema, current]])
  const notify = () => {
    const { apiSchema, supergraphSdl } = current.supergraph
    for (const listener of listeners) listener({ apiSchema, coreSupergraphSdl: supergraphSdl })
  }
  // A request runs on the supergraph that it was validated against, even across a swap.
  const executorOf = ({ schema }: GatewayGraphQLRequestContext) =>
    (bySchema.get(schema) ?? current).executor
  const execute: Engine['execute'] = (request) => executorOf(request).execute(request)
  const stop = async () => {
    await current.supergraph.stop()
    await release()
  }

  return {
    gateway: {
      load: () => {
        notify()
        return Promise.resolve({ executor: execute })
      },
      onSchemaLoadOrUpdate: (listener) => {
        listeners.add(listener)
        return () => void listeners.delete(listener)
      },
      stop,
    },
    execute,
    run: (request) => executorOf(request).run(request),
    apiSchema: () => current.supergraph.apiSchema,
    supergraphSdl: () => current.supergraph.supergraphSdl,
    plan: async (document, operationName) =>
      viewPlan(await current.executor.add({ document, operationName })),
    explain: (document, operationName) => current.executor.explain({ document, operationName }),
    load: async (supergraphSdl, known = []) => {
      const next = await openNext(options, planners, supergraphSdl, known)
      const previous = current
      current = next
      bySchema.set(next.supergraph.apiSchema, next)
      notify()
      await previous.supergraph.stop()
    },
    stop,
    heldOperations: () => current.executor.heldOperations(),
  }
}

async function openFirst<Context>(
  options: EngineOptions<Context>,
  planners: PlannerPool,
): Promise<Loaded> {
  const { supergraphSdl, known = [] } = options
  // Nothing is served yet, and a planner would have to start first.
  const prepared = prepareSupergraph(supergraphSdl)
  const warmUp = { known, timeLimitMs: knownTimeLimitMs, wholeLimitMs: Infinity }
  return openLoaded(options, planners, { supergraphSdl, prepared }, warmUp)
}

/** In a planner process, because requests go on meanwhile. */
async function openNext<Context>(
  options: EngineOptions<Context>,
  planners: PlannerPool,
  supergraphSdl: string,
  known: readonly KnownOperation[],
): Promise<Loaded> {
  const prepared = await planners.prepare(identifySupergraph(supergraphSdl))
  const timeLimitMs = options.planTimeLimitMs ?? defaultPlanTimeLimitMs
  const warmUp = { known, timeLimitMs, wholeLimitMs: reloadLimitMs }
  return openLoaded(options, planners, { supergraphSdl, prepared }, warmUp)
}

type Prepared = Pick<SupergraphOptions, 'supergraphSdl' | 'prepared'>

async function closingOnError<Value>(
  close: () => unknown,
  open: () => Promise<Value>,
): Promise<Value> {
  try {
    return await open()
  } catch (error) {
    await close()
    throw error
  }
}

async function openLoaded<Context>(
  options: EngineOptions<Context>,
  planners: PlannerPool,
  { supergraphSdl, prepared }: Prepared,
  warmUp: WarmUp,
): Promise<Loaded> {
  const transport: SubgraphTransport = options.transport
  const onCall = options.onCall as CallObserver | undefined
  const limits = {
    mostOperations: options.mostOperations ?? defaultMostOperations,
    mostOperationBytes: options.mostOperationBytes ?? defaultMostOperationBytes,
  }
  const supergraph = await loadSupergraph({
    supergraphSdl,
    prepared,
    transformApiSchema: options.transformApiSchema ?? ((schema) => schema),
    dataSource: (service) => stockDataSource(service, transport, onCall),
    limits,
  })
  const executor = createExecutor(supergraph, {
    transport,
    onCall,
    spans: createSpans(options.tracer),
    isStock: options.executor === 'stock',
    isGenerated: options.isGenerated ?? canGenerate(),
    limits,
    planners: options.storedPlans ? withStoredPlans(planners, options.storedPlans) : planners,
    planTimeLimitMs: options.planTimeLimitMs ?? defaultPlanTimeLimitMs,
    onPlan: options.onPlan,
    signal: options.signal as ((context: unknown) => CancelSignal | undefined) | undefined,
    caller: options.caller as ((context: unknown) => string | undefined) | undefined,
    isPublicFetch: options.isPublicFetch,
    refuses: options.refuses ?? 'field',
    variants: variantSetting(options),
    share: options.share as ((context: unknown) => string | undefined) | undefined,
    shareRequests: options.shareRequests as ((context: unknown) => string | undefined) | undefined,
  })
  if (options.executor === 'stock') {
    refuseRules(supergraph)
    await supergraph.stock()
  } else await compileKnown(executor, warmUp)
  return { supergraph, executor }
}

function refuseRules({ directives }: LoadedSupergraph): void {
  if (directives.access.size === 0) return
  throw new Error('The stock executor does not enforce the access rules of this supergraph.')
}

const noRights: Rights = { isAuthenticated: false, scopes: new Set() }

function variantSetting<Context>(options: EngineOptions<Context>): VariantSetting {
  const { rights, isLabelActive } = options
  return {
    rights: rights ? (context) => rights(context as Context) : () => noRights,
    isLabelActive: isLabelActive
      ? (label, context) => isLabelActive(label, context as Context)
      : () => false,
    chance: options.chance ?? chance,
  }
}

interface WarmUp {
  readonly known: readonly KnownOperation[]
  /** For each operation. */
  readonly timeLimitMs: number
  /** What is not compiled by then is compiled when it is asked for. */
  readonly wholeLimitMs: number
}

/** Planning known operations may take longer than requests may wait. */
const knownTimeLimitMs = 30_000
/** Operations that clients have chosen must not hold a reload back. */
const reloadLimitMs = 30_000

/** Plans and compiles known operations ahead of requests: one at a time and in turns, so that a reload leaves time to requests. */
async function compileKnown(executor: Executor, { known, ...limits }: WarmUp): Promise<void> {
  const pause = openTurns()
  const until = performance.now() + limits.wholeLimitMs
  for (const operation of known) {
    if (performance.now() > until) return
    try {
      await executor.add(operation, limits.timeLimitMs)
    } catch {
      // The operation does not fit this supergraph: requests for it fail validation.
    }
    await pause()
  }
}
