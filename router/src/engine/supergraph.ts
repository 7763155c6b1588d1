/**
 * A loaded supergraph: an ApolloGateway, which validates the supergraph, builds the API schema and the query planner,
 * and is the stock executor.
 */
import {
  federationMetadata,
  isInterfaceType,
  isObjectType,
  type Schema,
  type InterfaceType,
  type ObjectType,
} from '@apollo/federation-internals'
import { ApolloGateway, type GraphQLDataSource } from '@apollo/gateway'
import type { PlanNode, QueryPlan, QueryPlanner } from '@apollo/query-planner'
import type { GraphQLSchema } from 'graphql'
import { createLimitedStore } from './limited-map.ts'
import type { OperationLimits } from './operations.ts'

export interface LoadedSupergraph {
  readonly supergraphSdl: string
  readonly gateway: ApolloGateway
  readonly planner: QueryPlanner
  /** The schema for clients, for graphql-js and for the planner. */
  readonly apiSchema: GraphQLSchema
  readonly plannerSchema: Schema
  /** The full schema, inaccessible elements included: fetches are made against it. */
  readonly supergraphSchema: GraphQLSchema
}

export interface SupergraphOptions {
  readonly supergraphSdl: string
  readonly transformApiSchema: (schema: GraphQLSchema) => GraphQLSchema
  readonly dataSource: (service: string) => GraphQLDataSource
  /** Limits for the plans that the stock executor keeps. */
  readonly limits: OperationLimits
  /** False leaves the planner unchanged. */
  readonly isRepaired: boolean
}

/**
 * An operation may have thousands of equivalent plans. The planner removes detours first; evaluating as many as its
 * default allows takes seconds and gigabytes.
 */
const mostEvaluatedPlans = 200

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
  const gateway = new ApolloGateway({
    supergraphSdl: options.supergraphSdl,
    buildService: ({ name }) => options.dataSource(name),
    queryPlannerConfig: {
      // Operations with named fragments cannot be batched.
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
  if (options.isRepaired) removeUnresolvableKeys(planner)
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

/**
 * Corrects the planner: to re-enter a service for a field with `@requires`, it uses the first key whose fields the
 * service has, even one marked `resolvable: false`. Such keys are removed where a type has others.
 */

/** A private field of the planner: the schema of each service. Its query graph is already built. */
interface PlannerInside {
  readonly federatedQueryGraph: { readonly sources: ReadonlyMap<string, Schema> }
}

export function removeUnresolvableKeys(planner: QueryPlanner): void {
  const { sources } = (planner as unknown as PlannerInside).federatedQueryGraph
  for (const schema of sources.values()) {
    for (const type of schema.types()) {
      if (isObjectType(type) || isInterfaceType(type)) removeKeysOf(schema, type)
    }
  }
}

function removeKeysOf(schema: Schema, type: ObjectType | InterfaceType): void {
  const keyDirective = federationMetadata(schema)?.keyDirective()
  if (!keyDirective) return
  const keys = [...type.appliedDirectivesOf(keyDirective)]
  const closed = keys.filter((key) => key.arguments().resolvable === false)
  if (closed.length === keys.length) return
  for (const key of closed) key.remove()
}
