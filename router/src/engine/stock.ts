/** The stock executor over the same transport, with the same error codes. */
import type { GraphQLDataSource } from '@apollo/gateway'
import type {
  GatewayExecutionResult,
  GatewayGraphQLRequestContext,
} from '@apollo/server-gateway-interface'
import { GraphQLError, getVariableValues } from 'graphql'
import { everyItem, isData, jsonText, write } from './data.ts'
import { readOperation } from './plan/client-operation.ts'
import { fieldNames } from './plan/graph.ts'
import { withoutIntrospection } from './plan/plan-operation.ts'
import type { LoadedSupergraph } from './supergraph.ts'
import { introspectRoot } from './write/result.ts'
import { describeFailure } from './call/errors.ts'
import { readReply } from './call/reply.ts'
import type { CallObserver, SubgraphTransport } from './transport.ts'

type ProcessOptions = Parameters<GraphQLDataSource['process']>[0]
type ProcessResponse = Awaited<ReturnType<GraphQLDataSource['process']>>

export function stockDataSource(
  service: string,
  transport: SubgraphTransport,
  onCall: CallObserver | undefined,
): GraphQLDataSource {
  return {
    process: async (options) => {
      const { context } = options
      const { operationName } = options.request
      const end = onCall?.({ service, operationName, isJoined: false, context })
      try {
        const response = await send(service, transport, options)
        end?.({ errorCount: response.errors?.length ?? 0 })
        return response
      } catch (failure) {
        end?.({ failure, errorCount: 0 })
        throw failedFetch(service, failure, options)
      }
    },
  }
}

async function send(
  service: string,
  transport: SubgraphTransport,
  { request, context }: ProcessOptions,
): Promise<ProcessResponse> {
  const { query, operationName, variables } = request
  const reply = await transport.send({
    service,
    body: jsonText({ query, operationName, variables }),
    operationName,
    isMutation: query?.startsWith('mutation') ?? false,
    isAnonymousPublic: false,
    isShared: false,
    fields: new Set(fieldNames(query ?? '')),
    context,
  })
  const { data, errors } = readReply(service, reply, JSON.parse)
  return {
    ...(data && { data }),
    ...(errors.length > 0 && { errors: errors as NonNullable<ProcessResponse['errors']> }),
  }
}

function failedFetch(service: string, failure: unknown, options: ProcessOptions): GraphQLError {
  const { message, code } = describeFailure(service, failure)
  const path = 'pathInIncomingRequest' in options ? options.pathInIncomingRequest : undefined
  const end = path?.indexOf(everyItem) ?? -1
  const known = end === -1 ? path : path?.slice(0, end)
  return new GraphQLError(message, {
    ...(known?.length && { path: known }),
    extensions: { code, serviceName: service },
  })
}

/**
 * The stock executor plans introspection with types of its own, which lack `__Type.isOneOf`. Introspection is resolved
 * here, and the stock executor runs the rest of the operation.
 */
export function createStockExecutor({ stock, apiSchema }: LoadedSupergraph) {
  return async (request: GatewayGraphQLRequestContext): Promise<GatewayExecutionResult> => {
    const gateway = await stock()
    const document = withoutIntrospection(request.document)
    if (document === request.document) return gateway.executor(request)
    const name = request.request.operationName
    const [source, rest] = [request.document, document].map((each) =>
      readOperation(each, name, { outputNames: new Map(), clientVariable: undefined }),
    )
    if (!source || !rest) return gateway.executor(request)
    const result = await gateway.executor({
      ...request,
      document,
      operation: rest.operation,
      queryHash: `${request.queryHash}:data`,
    })
    const variables = request.request.variables ?? {}
    const definitions = source.operation.variableDefinitions ?? []
    const { coerced } = getVariableValues(apiSchema, definitions, variables)
    if (isData(result.data) && coerced) {
      const introspected = introspectRoot(source, apiSchema, { coerced, variables })
      for (const [field, value] of introspected) write(result.data, field, value)
    }
    return result
  }
}
