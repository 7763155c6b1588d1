/** A loaded supergraph: its schemas, and Apollo's gateway for what only the stock executor can run. */
import { ApolloGateway, type GraphQLDataSource } from '@apollo/gateway'
import type { PlanNode, QueryPlan } from '@apollo/query-planner'
import { buildASTSchema, Kind, parse, type DefinitionNode, type GraphQLSchema } from 'graphql'
import { createLimitedStore } from './limited-map.ts'
import { plannerConfig } from './plan/planner.ts'
import type { PreparedSupergraph } from './plan/prepare-supergraph.ts'
import { withoutDemands, type EngineDirectives } from './rules/directives.ts'
import { openTurns } from './turns.ts'

export interface LoadedSupergraph {
  readonly supergraphSdl: string
  /** What the engine itself enforces. */
  readonly directives: EngineDirectives
  /** Apollo's gateway: loaded when it is first needed, which takes a second or more for a large supergraph. */
  readonly stock: () => Promise<ApolloGateway>
  readonly stop: () => Promise<void>
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
  readonly prepared: PreparedSupergraph
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
  const { directives, api, full } = options.prepared
  const supergraphSdl = withoutDemands(options.supergraphSdl)
  const apiSchema = options.transformApiSchema(await schemaOf(api))
  let gateway: Promise<ApolloGateway> | undefined
  return {
    supergraphSdl,
    directives,
    apiSchema,
    supergraphSchema: await schemaOf(full),
    stock: () => (gateway ??= openGateway(supergraphSdl, apiSchema, options)),
    stop: async () => (await gateway)?.stop(),
  }
}

/** The planner that printed the texts has validated them. */
async function schemaOf(pieces: readonly string[]): Promise<GraphQLSchema> {
  const pause = openTurns()
  const definitions: DefinitionNode[] = []
  for (const piece of pieces) {
    definitions.push(...parse(piece, { noLocation: true }).definitions)
    await pause()
  }
  const document = { kind: Kind.DOCUMENT, definitions } as const
  const schema = buildASTSchema(document, { assumeValid: true, assumeValidSDL: true })
  await pause()
  return schema
}

async function openGateway(
  supergraphSdl: string,
  apiSchema: GraphQLSchema,
  { dataSource, limits }: SupergraphOptions,
): Promise<ApolloGateway> {
  silenceReporting()
  const gateway = new ApolloGateway({
    supergraphSdl,
    buildService: ({ name }) => dataSource(name),
    queryPlannerConfig: { ...plannerConfig, cache: createPlanStore(limits) },
    __exposeQueryPlanExperimental: false,
    logger,
  })
  await gateway.load()
  gateway.schema = apiSchema
  return gateway
}
