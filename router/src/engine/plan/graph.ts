/**
 * Turns the planner's tree of sequences and parallels into a graph: every fetch with the fetches that must end before it
 * starts. Grouping into calls (see calls.ts) works on the graph.
 */
import type {
  ConditionNode,
  FetchDataRewrite,
  FetchNode,
  PlanNode,
  QueryPlan,
  QueryPlanSelectionNode,
} from '@apollo/query-planner'
import {
  TypeInfo,
  parse,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type OperationTypeNode,
  type GraphQLSchema,
} from 'graphql'
import type { Path } from '../data.ts'

/** The fetch is made only when a variable has this value. */
export interface Condition {
  readonly variable: string
  readonly isWanted: boolean
}

/** One fetch of a plan and the path in the result that it completes. */
export interface FetchUnit {
  readonly service: string
  readonly operationName: string | undefined
  readonly kind: OperationTypeNode
  readonly text: string
  readonly variables: readonly string[]
  readonly path: Path
  readonly conditions: readonly Condition[]
  /** The fields that each entity must have; absent when the fetch starts at a root type. */
  readonly requires: readonly QueryPlanSelectionNode[] | undefined
  readonly inputRewrites: readonly FetchDataRewrite[]
  readonly outputRewrites: readonly FetchDataRewrite[]
}

export interface GraphNode {
  readonly unit: FetchUnit
  /** Indexes of the nodes that must end first; always smaller than the node's own. */
  readonly after: ReadonlySet<number>
}

export type PlanGraph = readonly GraphNode[]

/** A plan contains a node that the engine does not run; the stock executor runs it. */
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

/** Adds a plan node and returns the graph nodes that end it. */
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
  // The next node waits for either branch; a fetch whose condition is false ends immediately.
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

/** What `whileParsed` has parsed. */
let parsed: Map<string, DocumentNode> | undefined

/** The document of a fetch. */
export function parseFetch(text: string): DocumentNode {
  const known = parsed?.get(text)
  if (known) return known
  const document = parse(text, { noLocation: true })
  parsed?.set(text, document)
  return document
}

/** Parses each fetch once during some work: all stages of a compilation read them, and nothing keeps them. */
export function whileParsed<Value>(work: () => Value): Value {
  parsed = new Map()
  try {
    return work()
  } finally {
    parsed = undefined
  }
}

export interface FetchFields {
  readonly service: string
  /** `Type.field`, for every field but `__typename` and `_entities`; `?.field` when the type is unknown. */
  readonly fields: readonly string[]
}

export function fetchFields(supergraph: GraphQLSchema, unit: FetchUnit): FetchFields {
  const fields = new Set<string>()
  const typeInfo = new TypeInfo(supergraph)
  visit(
    parseFetch(unit.text),
    visitWithTypeInfo(typeInfo, {
      Field: (node) => {
        const name = node.name.value
        if (name === '__typename' || name === '_entities') return
        fields.add(`${typeInfo.getParentType()?.name ?? '?'}.${name}`)
      },
    }),
  )
  return { service: unit.service, fields: [...fields] }
}

/** The names of the fields of an operation, at any depth. */
export function fieldNames(text: string): readonly string[] {
  const names = new Set<string>()
  visit(parseFetch(text), { Field: (node) => void names.add(node.name.value) })
  return [...names]
}
