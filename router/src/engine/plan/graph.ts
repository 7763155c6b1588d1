/**
 * Turns the planner's tree of sequences and parallels into a graph: every fetch with the fetches that must
 * have ended before it starts. Grouping (see group.ts) works on the graph, not on the tree.
 */
import type { OperationTypeNode } from 'graphql'
import type {
  ConditionNode,
  FetchDataRewrite,
  FetchNode,
  PlanNode,
  QueryPlan,
  QueryPlanSelectionNode,
} from '@apollo/query-planner'
import type { Path } from '../data.ts'

/** The fetch is made only when a variable has this value. */
export interface Condition {
  readonly variable: string
  readonly isWanted: boolean
}

/** One planned fetch and the place in the result that it works on. */
export interface FetchUnit {
  readonly service: string
  readonly operationName: string | undefined
  readonly kind: OperationTypeNode
  readonly text: string
  readonly variables: readonly string[]
  readonly path: Path
  readonly conditions: readonly Condition[]
  /** What each entity must already hold; absent when the fetch starts at a root type. */
  readonly requires: readonly QueryPlanSelectionNode[] | undefined
  readonly inputRewrites: readonly FetchDataRewrite[]
  readonly outputRewrites: readonly FetchDataRewrite[]
}

export interface GraphNode {
  readonly unit: FetchUnit
  /** Indexes of the nodes that must have ended; always smaller than the node's own. */
  readonly after: ReadonlySet<number>
}

export type PlanGraph = readonly GraphNode[]

/** A plan holds something that the engine does not run; the stock executor answers instead. */
export class UnsupportedPlan extends Error {
  override readonly name = 'UnsupportedPlan'
}

export function buildGraph(plan: QueryPlan): PlanGraph {
  if (!plan.node) return []
  if (plan.node.kind === 'Subscription') throw new UnsupportedPlan('Subscriptions are not planned.')
  const nodes: GraphNode[] = []
  addNode(nodes, plan.node, { path: [], conditions: [] }, new Set())
  return nodes
}

interface Place {
  readonly path: Path
  readonly conditions: readonly Condition[]
}

/** Adds a plan node and answers which graph nodes end it. */
function addNode(
  nodes: GraphNode[],
  node: PlanNode,
  place: Place,
  after: ReadonlySet<number>,
): ReadonlySet<number> {
  switch (node.kind) {
    case 'Sequence':
      return node.nodes.reduce((ends, child) => addNode(nodes, child, place, ends), after)
    case 'Parallel':
      return new Set(node.nodes.flatMap((child) => [...addNode(nodes, child, place, after)]))
    case 'Flatten':
      return addNode(
        nodes,
        node.node,
        { ...place, path: [...place.path, ...node.path.map(String)] },
        after,
      )
    case 'Fetch':
      return new Set([nodes.push({ unit: unitOf(node, place), after }) - 1])
    case 'Condition':
      return addCondition(nodes, node, place, after)
    case 'Defer':
      throw new UnsupportedPlan('Deferred plans are not run by this gateway.')
  }
}

function addCondition(
  nodes: GraphNode[],
  node: ConditionNode,
  place: Place,
  after: ReadonlySet<number>,
): ReadonlySet<number> {
  const branches = [
    [node.ifClause, true],
    [node.elseClause, false],
  ] as const
  // What follows waits for either branch; a fetch whose condition does not hold ends at once.
  return new Set([
    ...after,
    ...branches.flatMap(([child, isWanted]) => {
      if (!child) return []
      const conditions = [...place.conditions, { variable: node.condition, isWanted }]
      return [...addNode(nodes, child, { ...place, conditions }, after)]
    }),
  ])
}

function unitOf(node: FetchNode, { path, conditions }: Place): FetchUnit {
  return {
    service: node.serviceName,
    operationName: node.operationName,
    kind: node.operationKind,
    text: node.operation,
    variables: node.variableUsages ?? [],
    path,
    conditions,
    requires: node.requires,
    inputRewrites: node.inputRewrites ?? [],
    outputRewrites: node.outputRewrites ?? [],
  }
}
