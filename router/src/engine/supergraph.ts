/**
 * A loaded supergraph: an ApolloGateway, which validates the supergraph, builds the API schema, and is the
 * stock executor.
 */
import { ApolloGateway, type GraphQLDataSource } from '@apollo/gateway'
import type { PlanNode, QueryPlan } from '@apollo/query-planner'
import type { GraphQLSchema } from 'graphql'
import { createLimitedStore } from './limited-map.ts'
import { plannerConfig } from './plan/planner.ts'
import { readDirectives, withoutDemands, type EngineDirectives } from './rules/directives.ts'

export interface LoadedSupergraph {
  readonly supergraphSdl: string
  /** What the engine itself enforces. */
  readonly directives: EngineDirectives
  readonly gateway: ApolloGateway
  /** The schema for clients. */
  readonly apiSchema: GraphQLSchema
  /** The full schema, inaccessible elements included: fetches are made against it. */
  readonly supergraphSchema: GraphQLSchema
}

export interface OperationLimits {
  readonly mostOperations: number
  /** The approximate memory of all compiled operations. */
  readonly mostOperationBytes: number
}

export interface SupergraphOptions {
  readonly supergraphSdl: string
  readonly transformApiSchema: (schema: GraphQLSchema) => GraphQLSchema
  readonly dataSource: (service: string) => GraphQLDataSource
  /** Limits for the plans that the stock executor keeps. */
  readonly limits: OperationLimits
}

const silent = () => undefined
export const logger = { debug: silent, info: silent, warn: silent, error: silent }

/** Turns off telemetry to Apollo, which the gateway reads from the environment only. */
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

/** The approximate memory of a plan: its texts, their parsed forms, and its nodes. */
function planBytes(node: QueryPlan['node'] | PlanNode): number {
  if (!node) return bytesPerNode
  if (node.kind === 'Fetch') return bytesPerNode + 200 * node.operation.length
  return childrenOf(node).reduce((sum, child) => sum + planBytes(child), bytesPerNode)
}

export async function loadSupergraph(options: SupergraphOptions): Promise<LoadedSupergraph> {
  silenceReporting()
  const directives = readDirectives(options.supergraphSdl)
  // Apollo's packages refuse what they cannot enforce; the engine does.
  const supergraphSdl = withoutDemands(options.supergraphSdl)
  const gateway = new ApolloGateway({
    supergraphSdl,
    buildService: ({ name }) => options.dataSource(name),
    queryPlannerConfig: {
      ...plannerConfig,
      cache: createPlanStore(options.limits),
    },
    __exposeQueryPlanExperimental: false,
    logger,
  })
  await gateway.load()
  const planner = gateway.__testing().queryPlanner
  if (!planner || !gateway.schema) throw new Error('The gateway loaded no supergraph.')
  const apiSchema = options.transformApiSchema(gateway.schema)
  gateway.schema = apiSchema
  const { supergraph } = planner
  return {
    supergraphSdl,
    directives,
    gateway,
    apiSchema,
    supergraphSchema: supergraph.schema.toGraphQLJSSchema(),
  }
}
