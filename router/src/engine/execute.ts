/**
 * Executes requests on one supergraph: finds or compiles the operation, coerces variables, makes the calls and writes
 * the result. Operations that cannot be compiled run on the stock executor of the same supergraph.
 */
import type {
  GatewayExecutionResult,
  GatewayGraphQLRequestContext,
} from '@apollo/server-gateway-interface'
import { GraphQLError, type GraphQLSchema } from 'graphql'
import type { Run } from './call/run.ts'
import { createInFlight } from './call/send.ts'
import type { CompiledOperation, CompileSetting } from './compile.ts'
import { coerceVariables, type Variables } from './coerce.ts'
import { explain, type Explanation } from './explain.ts'
import {
  createOperations,
  stockOnly,
  type KnownOperation,
  type Operations,
  type PlanObserver,
  type PlanOrigin,
} from './operations.ts'
import { noSuchOperation } from './plan/client-operation.ts'
import type { PlannerPool } from './plan/planner-pool.ts'
import { hasHugeType } from './schema-types.ts'
import {
  createVariants,
  type Variant,
  type Variants,
  type VariantSetting,
} from './rules/variants.ts'
import { createSharedWork, type SharedWork } from './shared-work.ts'
import { sharingKey, startRun, type RunSetting } from './start-run.ts'
import { createStockExecutor } from './stock.ts'
import type { Spans } from './spans.ts'
import type { LoadedSupergraph, OperationLimits } from './supergraph.ts'
import type { CallObserver, SubgraphTransport } from './transport.ts'
import { viewOf } from './write/body.ts'
import type { Result } from './write/result.ts'

export interface ExecutorSetting extends RunSetting {
  readonly transport: SubgraphTransport
  readonly onCall: CallObserver | undefined
  readonly spans: Spans
  readonly isStock: boolean
  readonly isGenerated: boolean
  readonly limits: OperationLimits
  readonly planners: PlannerPool
  readonly planTimeLimitMs: number
  readonly onPlan: PlanObserver | undefined
  readonly caller: ((context: unknown) => string | undefined) | undefined
  /** For requests; see `EngineOptions`. */
  readonly variants: VariantSetting
  /** What a field refuses that the caller may not read: itself, or the whole operation. */
  readonly refuses: 'field' | 'operation'
  readonly isPublicFetch: CompileSetting['isPublicFetch']
}

export interface Executor {
  readonly execute: (request: GatewayGraphQLRequestContext) => Promise<GatewayExecutionResult>
  /** The same in our own form; undefined, and nothing was executed, where there is no such result. */
  readonly run: (request: GatewayGraphQLRequestContext) => Promise<Result | undefined>
  /** Plans and compiles a document ahead of requests, or rejects with its first error. */
  readonly add: Operations['add']
  readonly explain: (operation: KnownOperation) => Promise<Explanation>
  readonly heldOperations: () => number
}

interface Executing extends ExecutorSetting {
  readonly schema: GraphQLSchema
  readonly hideSuggestions: boolean
  /** Identical queries are executed once while the first of them is in progress. */
  readonly sharing: SharedWork<Result>
}

function openExecuting({ apiSchema }: LoadedSupergraph, setting: ExecutorSetting): Executing {
  const hideSuggestions = hasHugeType(apiSchema)
  return { ...setting, schema: apiSchema, hideSuggestions, sharing: createSharedWork() }
}

function openOperations(
  supergraph: LoadedSupergraph,
  setting: ExecutorSetting,
  variants: Variants | undefined,
): Operations {
  const { transport, onCall, spans } = setting
  return createOperations(supergraph, {
    apiSchema: supergraph.apiSchema,
    supergraphSchema: supergraph.supergraphSchema,
    calls: { transport, onCall, inSpan: spans.fetch, inFlight: createInFlight() },
    isGenerated: setting.isGenerated,
    isPublicFetch: setting.isPublicFetch,
    planners: setting.planners,
    timeLimitMs: setting.planTimeLimitMs,
    limits: setting.limits,
    variants,
    onPlan: setting.onPlan,
  })
}

export function createExecutor(supergraph: LoadedSupergraph, setting: ExecutorSetting): Executor {
  const { spans } = setting
  const variants = createVariants(supergraph, setting.variants)
  const operations = openOperations(supergraph, setting, variants)
  const executing = openExecuting(supergraph, setting)
  const stock = createStockExecutor(supergraph)

  /** The result of the compiled operation, or what is executed in its place. */
  async function run(
    request: GatewayGraphQLRequestContext,
  ): Promise<Result | (() => GatewayExecutionResult | Promise<GatewayExecutionResult>)> {
    const { queryHash, document, context } = request
    const variant = variants?.choose(queryHash, document, context)
    // Only the stock executor makes traces for Apollo Studio; it knows no rules of access.
    const mayUseStock = variant?.isUnrestricted ?? true
    if (mayUseStock && (setting.isStock || request.metrics.captureTraces))
      return () => stock(request)
    const coerced = spans.around('gateway.validate', {}, () => coerceVariables(executing, request))
    if (coerced.errors) return () => ({ errors: coerced.errors })
    const operation = await spans.around('gateway.plan', {}, () =>
      operations.find(
        queryHash,
        { document, operationName: request.request.operationName, variant },
        () => originOf(setting, context),
      ),
    )
    if (operation === stockOnly)
      return () => (mayUseStock ? stock(request) : { errors: [unsupported()] })
    if (isRefused(operation, executing)) return () => refusalOf(operation, executing)
    return executeCompiled(executing, request, operation, { variables: coerced, variant })
  }

  return {
    execute: async (request) => {
      if (!isResolved(request)) return { errors: [noSuchOperation()] }
      return traced(spans, request, async () => {
        const result = await run(request)
        return typeof result === 'function' ? result() : resultOf(result, request.context)
      })
    },
    run: (request) =>
      traced(spans, request, async () => {
        const result = await run(request)
        return typeof result === 'function' ? undefined : result
      }),
    add: (operation, timeLimitMs) => operations.add(operation, timeLimitMs),
    explain: async (operation) => {
      const planned = await operations.plan(operation)
      return explain(planned, () => operations.compile(planned))
    },
    heldOperations: () => operations.size,
  }
}

function executeCompiled(
  executing: Executing,
  request: GatewayGraphQLRequestContext,
  operation: CompiledOperation,
  { variables, variant }: { readonly variables: Variables; readonly variant: Variant | undefined },
): Promise<Result> {
  const run = startRun(executing, request, operation, variables)
  const key = sharingKey(executing, request, run, variant)
  const start = (own: Run) =>
    executing.spans.around('gateway.execute', {}, () => runOperation(executing, operation, own))
  return key === undefined
    ? start(run)
    : executing.sharing.join(key, run.signal, (signal) => start({ ...run, signal }))
}

/** Whether nothing of an operation is executed, because its caller may not read all of it. */
function isRefused(operation: CompiledOperation, { refuses }: ExecutorSetting): boolean {
  return operation.isRefused || (refuses === 'operation' && operation.refusals.length > 0)
}

function refusalOf(
  { refusals }: CompiledOperation,
  { refuses }: ExecutorSetting,
): GatewayExecutionResult {
  return refuses === 'operation' ? { errors: refusals } : { errors: refusals, data: null }
}

function unsupported(): GraphQLError {
  return new GraphQLError('The fields that may be read of this operation cannot be executed.', {
    extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE' },
  })
}

function originOf({ signal, caller }: ExecutorSetting, context: unknown): PlanOrigin {
  return { signal: signal?.(context), caller: caller?.(context) }
}

/** Apollo Server also passes on requests whose operation it did not find, against its types. */
function isResolved({ operation }: Partial<GatewayGraphQLRequestContext>): boolean {
  return operation !== undefined
}

function traced<Value>(
  spans: Spans,
  request: GatewayGraphQLRequestContext,
  work: () => Promise<Value>,
): Promise<Value> {
  return spans.around('gateway.request', requestAttributes(request), work)
}

function requestAttributes({ operationName, operation }: GatewayGraphQLRequestContext) {
  return {
    ...(operationName !== null && { 'graphql.operation.name': operationName }),
    'graphql.operation.type': operation.operation,
  }
}

async function runOperation(
  { spans }: Executing,
  operation: CompiledOperation,
  run: Run,
): Promise<Result> {
  await operation.fetch(run)
  return spans.around('gateway.postprocessing', {}, async () => {
    try {
      return await operation.write(run)
    } catch (error) {
      if (error instanceof GraphQLError) return { body: undefined, errors: [error], notes: [] }
      if (error instanceof RangeError) return { body: undefined, errors: [tooDeep()], notes: [] }
      throw error
    }
  })
}

/** A value of a custom scalar has exhausted the stack. */
function tooDeep(): GraphQLError {
  return new GraphQLError('A value of the result is nested too deeply.', {
    extensions: { code: 'INVALID_GRAPHQL', http: { status: 502 } },
  })
}

/** As in the stock gateway, notes are an extension, and left out when there are errors. */
export function resultOf(
  { body, errors, notes }: Result,
  context: unknown,
): GatewayExecutionResult {
  if (body === undefined) return { errors }
  // The specification requires an error where the whole data is null; the stock gateway may have none.
  if (body === null && errors.length === 0) return { errors: whyNull(notes), data: null }
  const data = body && viewOf(body, context)
  if (errors.length > 0) return { errors, data }
  return notes.length > 0 ? { data, extensions: { valueCompletion: notes } } : { data }
}

function whyNull(notes: readonly GraphQLError[]): readonly GraphQLError[] {
  if (notes.length > 0) return notes
  return [
    new GraphQLError('The type of an object could not be determined.', {
      extensions: { code: 'INVALID_GRAPHQL' },
    }),
  ]
}
