/**
 * Executes requests on one generation: finds or compiles the operation, coerces variables, runs the fetches
 * and writes the answer. What cannot be compiled is answered by the stock executor of the same generation.
 */
import type {
  GatewayExecutionResult,
  GatewayGraphQLRequestContext,
} from '@apollo/server-gateway-interface'
import { GraphQLError, getVariableValues } from 'graphql'
import type { GraphQLSchema } from 'graphql'
import { cacheRestriction } from './cache-policy.ts'
import type { CompiledOperation, CompileSetting } from './compile.ts'
import type { Data } from './data.ts'
import type { Run } from './call/run.ts'
import { createInFlight } from './call/share.ts'
import type { Generation } from './supergraph.ts'
import { createOperations, type OperationLimits, stockOnly } from './operations.ts'
import { createRequestSharing } from './share-requests.ts'
import type { RequestSharing } from './share-requests.ts'
import type { Spans } from './spans.ts'
import type { FetchObserver, SubgraphTransport } from './transport.ts'
import { viewOf } from './write/body.ts'
import type { Finished } from './write/body.ts'

export interface ExecutorSetting {
  readonly transport: SubgraphTransport
  readonly onFetch: FetchObserver | undefined
  readonly spans: Spans
  readonly isStock: boolean
  readonly isGenerated: boolean
  readonly limits: OperationLimits
  readonly isPublicFetch: CompileSetting['isPublicFetch']
  readonly share: ((context: unknown) => string | undefined) | undefined
  readonly shareRequests: ((context: unknown) => string | undefined) | undefined
}

export interface Executor {
  readonly execute: (request: GatewayGraphQLRequestContext) => Promise<GatewayExecutionResult>
  /** Compiles a document, or throws what is wrong with it. */
  readonly compile: (document: string, operationName?: string) => CompiledOperation
  readonly heldOperations: () => number
}

/** An answer before it belongs to one request: each request gets its own view of it. */
export interface Outcome {
  readonly finished: Finished | null | undefined
  readonly errors: readonly GraphQLError[]
  readonly notes: readonly GraphQLError[]
}

interface Executing extends ExecutorSetting {
  readonly schema: GraphQLSchema
  readonly sharing: RequestSharing
}

export function createExecutor(generation: Generation, setting: ExecutorSetting): Executor {
  const { transport, onFetch, spans, isGenerated, isPublicFetch } = setting
  const operations = createOperations(
    generation,
    {
      apiSchema: generation.apiSchema,
      supergraphSchema: generation.supergraphSchema,
      calls: { transport, onFetch, inSpan: spans.fetch, inFlight: createInFlight() },
      isGenerated,
      isPublicFetch,
    },
    setting.limits,
  )
  const executing: Executing = {
    ...setting,
    schema: generation.apiSchema,
    sharing: createRequestSharing(),
  }
  const stock = generation.gateway.executor

  async function execute(request: GatewayGraphQLRequestContext): Promise<GatewayExecutionResult> {
    // Traces for Apollo's reporting are made by the stock executor only.
    if (setting.isStock || request.metrics.captureTraces) return stock(request)
    const coerced = spans.around('gateway.validate', {}, () => coerce(executing.schema, request))
    if (coerced.errors) return { errors: coerced.errors }
    const name = request.request.operationName
    const operation = spans.around('gateway.plan', {}, () =>
      operations.find(request.queryHash, request.document, name),
    )
    if (operation === stockOnly) return stock(request)
    const run = startRun(executing, request, operation, coerced.coerced)
    const outcome = await executing.sharing.share(sharingKey(executing, request, run), () =>
      spans.around('gateway.execute', {}, () => runOperation(executing, operation, run)),
    )
    return resultOf(outcome, request.context)
  }

  return {
    execute: (request) =>
      spans.around('gateway.request', requestAttributes(request), () => execute(request)),
    compile: (document, operationName) => operations.compile(document, operationName),
    heldOperations: () => operations.size,
  }
}

function requestAttributes({ operationName, operation }: GatewayGraphQLRequestContext) {
  return {
    ...(operationName !== null && { 'graphql.operation.name': operationName }),
    'graphql.operation.type': operation.operation,
  }
}

const noVariables: { errors?: never; coerced: Data } = { coerced: {} }

function coerce(schema: GraphQLSchema, { operation, request }: GatewayGraphQLRequestContext) {
  const definitions = operation.variableDefinitions
  if (!definitions?.length) return noVariables
  return getVariableValues(schema, definitions, request.variables ?? {})
}

function startRun(
  executing: Executing,
  request: GatewayGraphQLRequestContext,
  operation: CompiledOperation,
  coerced: Data,
): Run {
  return {
    root: Object.create(null) as Data,
    variables: request.request.variables ?? {},
    coerced,
    errors: [],
    context: request.context,
    shareKey: executing.share?.(request.context),
    isMutation: operation.isMutation,
    restrictCache: cacheRestriction(request.overallCachePolicy),
    isPlain: true,
  }
}

function sharingKey(
  { shareRequests }: Executing,
  { context, queryHash, request }: GatewayGraphQLRequestContext,
  run: Run,
): string | undefined {
  if (!shareRequests || run.isMutation) return undefined
  const key = shareRequests(context)
  if (key === undefined) return undefined
  return [key, queryHash, request.operationName ?? '', JSON.stringify(run.variables)].join('\n')
}

async function runOperation(
  { spans }: Executing,
  operation: CompiledOperation,
  run: Run,
): Promise<Outcome> {
  await operation.fetch(run)
  return spans.around('gateway.postprocessing', {}, () => {
    try {
      const { finished, notes } = operation.answer(run)
      return { finished, errors: run.errors, notes }
    } catch (error) {
      if (error instanceof GraphQLError) return { finished: undefined, errors: [error], notes: [] }
      throw error
    }
  })
}

/** As the stock gateway does, notes are told apart from errors and given up when there are any errors. */
function resultOf({ finished, errors, notes }: Outcome, context: unknown): GatewayExecutionResult {
  if (finished === undefined) return { errors }
  // The specification wants an error wherever the whole data is null; the stock gateway may have none.
  if (finished === null && errors.length === 0) return { errors: whyNull(notes), data: null }
  const data = finished && viewOf(finished, context)
  if (errors.length > 0) return { errors, data }
  return notes.length > 0 ? { data, extensions: { valueCompletion: notes } } : { data }
}

function whyNull(notes: readonly GraphQLError[]): readonly GraphQLError[] {
  if (notes.length > 0) return notes
  return [
    new GraphQLError('The type of an object could not be told.', {
      extensions: { code: 'INVALID_GRAPHQL' },
    }),
  ]
}
