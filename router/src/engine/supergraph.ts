/**
 * Each loaded supergraph is one generation: an ApolloGateway (which validates the supergraph, builds the API
 * schema and the query planner, and is the stock executor) and the operations compiled for it.
 */
import { ApolloGateway } from '@apollo/gateway'
import type { GraphQLDataSource } from '@apollo/gateway'
import type { Schema } from '@apollo/federation-internals'
import type { PlanNode, QueryPlan, QueryPlanner } from '@apollo/query-planner'
import type { GraphQLSchema } from 'graphql'
import { createLimitedStore } from './limited-map.ts'
import type { OperationLimits } from './operations.ts'
import { forgetUnresolvableKeys } from './plan/keys.ts'

export interface Generation {
  readonly supergraphSdl: string
  readonly gateway: ApolloGateway
  readonly planner: QueryPlanner
  /** What clients may ask, for graphql-js and for the planner. */
  readonly apiSchema: GraphQLSchema
  readonly plannerSchema: Schema
  /** Everything, inaccessible elements included: what fetches are made against. */
  readonly supergraphSchema: GraphQLSchema
}

export interface GenerationOptions {
  readonly supergraphSdl: string
  readonly transformApiSchema: (schema: GraphQLSchema) => GraphQLSchema
  readonly dataSource: (service: string) => GraphQLDataSource
  /** Of the plans that the stock executor keeps. */
  readonly limits: OperationLimits
  /** False leaves the planner as it comes. */
  readonly isRepaired: boolean
}

/**
 * A client's operation may have thousands of plans that answer it. The planner sorts the detours out first;
 * trying as many as it would by itself takes seconds in which nobody else is served, and gigabytes.
 */
const mostEvaluatedPlans = 200

const silent = () => undefined
export const logger = { debug: silent, info: silent, warn: silent, error: silent }

/** The gateway reads this from the environment only; without it every instance reports to its maker. */
export function silenceReporting(): void {
  // eslint-disable-next-line n/no-process-env -- see above.
  process.env['APOLLO_TELEMETRY_DISABLED'] ??= 'true'
}

function createPlanStore({ mostOperations, mostOperationBytes }: OperationLimits) {
  return createLimitedStore<QueryPlan>(mostOperations, {
    mostBytes: mostOperationBytes,
    bytesOf: ({ node }) => planBytes(node),
  })
}

const bytesPerNode = 1_000

function childrenOf(node: Exclude<QueryPlan['node'], undefined>): (PlanNode | undefined)[] {
  if (node.kind === 'Sequence' || node.kind === 'Parallel') return node.nodes
  if (node.kind === 'Flatten') return [node.node]
  return node.kind === 'Condition' ? [node.ifClause, node.elseClause] : []
}

/** About the memory of a plan: its texts, their parsed forms, and its nodes. */
function planBytes(node: QueryPlan['node'] | PlanNode): number {
  if (!node) return bytesPerNode
  if (node.kind === 'Fetch') return bytesPerNode + 200 * node.operation.length
  return childrenOf(node).reduce((sum, child) => sum + planBytes(child), bytesPerNode)
}

export async function loadGeneration(options: GenerationOptions): Promise<Generation> {
  silenceReporting()
  const gateway = new ApolloGateway({
    supergraphSdl: options.supergraphSdl,
    buildService: ({ name }) => options.dataSource(name),
    queryPlannerConfig: {
      // Named fragments would keep operations of one service from being batched.
      reuseQueryFragments: false,
      debug: { maxEvaluatedPlans: mostEvaluatedPlans },
      cache: createPlanStore(options.limits),
    },
    __exposeQueryPlanExperimental: false,
    logger,
  })
  await gateway.load()
  const planner = gateway.__testing().queryPlanner
  if (!planner || !gateway.schema) throw new Error('The gateway loaded no supergraph.')
  if (options.isRepaired) forgetUnresolvableKeys(planner)
  const apiSchema = options.transformApiSchema(gateway.schema)
  gateway.schema = apiSchema
  const { supergraph } = planner
  return {
    supergraphSdl: options.supergraphSdl,
    gateway,
    planner,
    apiSchema,
    plannerSchema: supergraph.apiSchema(),
    supergraphSchema: supergraph.schema.toGraphQLJSSchema(),
  }
}
