/** Requests to an engine without a server in front of it, for tests and measurements. */
import { createHash } from 'node:crypto'
import { getOperationAST, parse, type GraphQLSchema } from 'graphql'
import type {
  GatewayExecutionResult,
  GatewayGraphQLRequestContext,
} from '@apollo/server-gateway-interface'
import type { Engine } from '../engine.ts'
import { stringifyResult } from '../write/body.ts'

export interface TestRequest {
  readonly query: string
  readonly operationName?: string
  readonly variables?: Record<string, unknown>
  readonly context?: Record<string, unknown>
}

export interface TestAnswer {
  readonly data?: unknown
  readonly errors?: readonly {
    readonly message: string
    readonly path?: readonly (string | number)[]
    readonly extensions?: Record<string, unknown>
  }[]
  readonly extensions?: Record<string, unknown>
}

const silent = () => undefined

export function requestContext(
  schema: GraphQLSchema,
  { query, operationName, variables, context = {} }: TestRequest,
): GatewayGraphQLRequestContext {
  const document = parse(query)
  const operation = getOperationAST(document, operationName)
  if (!operation) throw new Error('The document has no such operation.')
  return {
    request: { query, ...(operationName && { operationName }), ...(variables && { variables }) },
    logger: { debug: silent, info: silent, warn: silent, error: silent },
    schema,
    schemaHash: '' as GatewayGraphQLRequestContext['schemaHash'],
    context,
    cache: {
      get: () => Promise.resolve(undefined),
      set: () => Promise.resolve(),
      delete: () => Promise.resolve(true),
    },
    queryHash: createHash('sha256').update(query).digest('hex'),
    document,
    source: query,
    operationName: operation.name?.value ?? null,
    operation,
    metrics: {},
    overallCachePolicy: undefined,
  }
}

export function executeRaw(engine: Engine, request: TestRequest): Promise<GatewayExecutionResult> {
  return engine.execute(requestContext(engine.apiSchema(), request))
}

/** The answer as a client would parse it. */
export async function execute(engine: Engine, request: TestRequest): Promise<TestAnswer> {
  return JSON.parse(stringifyResult({ ...(await executeRaw(engine, request)) })) as TestAnswer
}
