/**
 * Groups the fetches of a plan into calls. Entity fetches of one service on one level become one call, whose operation
 * has an aliased `_entities` field with its own list of representations for each. Equal fetches at different paths
 * share one field. A fetch that no other waits for moves down to a later call of its service, which adds no depth
 * because the plan waits for that call anyway.
 */
import {
  Kind,
  OperationTypeNode,
  print,
  stripIgnoredCharacters,
  type DocumentNode,
  type FieldNode,
  type OperationDefinitionNode,
  type VariableDefinitionNode,
} from 'graphql'
import type { Path } from '../data.ts'
import { parseFetch, type FetchUnit, type PlanGraph } from './graph.ts'

/** One `_entities` field of a call. */
export interface EntityFieldPlan {
  readonly unit: FetchUnit
  readonly paths: readonly Path[]
  readonly document: DocumentNode
  /** Response name of the `_entities` field, and the variable that carries its representations. */
  readonly alias: string
  readonly variable: string
}

export interface BatchPlan {
  readonly fields: readonly EntityFieldPlan[]
  readonly text: string
  readonly variables: readonly string[]
}

export function planBatch(units: readonly FetchUnit[]): BatchPlan {
  const fields = mergeEqualUnits(units)
  const [only] = fields
  if (fields.length === 1 && only) {
    return { fields, text: only.unit.text, variables: only.unit.variables }
  }
  const variables = [...new Set(fields.flatMap((field) => field.unit.variables))]
  const taken = new Set(variables)
  const renamed = fields.map((field, index) => ({
    ...field,
    alias: `_e${index}`,
    variable: freeName(`_r${index}`, taken),
  }))
  return { fields: renamed, text: printBatch(renamed), variables }
}

function mergeEqualUnits(units: readonly FetchUnit[]): EntityFieldPlan[] {
  const fields = new Map<string, EntityFieldPlan>()
  for (const unit of units) {
    const document = parseFetch(unit.text)
    const key = JSON.stringify([
      withoutName(document),
      unit.conditions,
      unit.requires,
      unit.inputRewrites,
      unit.outputRewrites,
    ])
    const paths = [...(fields.get(key)?.paths ?? []), unit.path]
    const unique = new Map(paths.map((path) => [JSON.stringify(path), path]))
    fields.set(key, {
      unit,
      paths: [...unique.values()],
      document,
      alias: '_entities',
      variable: 'representations',
    })
  }
  return [...fields.values()]
}

function withoutName(document: DocumentNode): string {
  return print({
    ...document,
    definitions: document.definitions.map((definition) =>
      definition.kind === Kind.OPERATION_DEFINITION
        ? { ...definition, name: { kind: Kind.NAME, value: '_' } }
        : definition,
    ),
  })
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  return taken.has(wanted) ? freeName(`_${wanted}`, taken) : wanted
}

function printBatch(fields: readonly EntityFieldPlan[]): string {
  const definitions = new Map<string, VariableDefinitionNode>()
  const nodes: FieldNode[] = []
  for (const field of fields) {
    const operation = operationOf(field.document)
    for (const definition of operation.variableDefinitions ?? []) {
      const isOwn = definition.variable.name.value === 'representations'
      const name = isOwn ? field.variable : definition.variable.name.value
      definitions.set(name, {
        ...definition,
        variable: { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: name } },
      })
    }
    nodes.push(aliasedField(operation, field))
  }
  return stripIgnoredCharacters(print(batchDocument(fields, [...definitions.values()], nodes)))
}

function batchDocument(
  fields: readonly EntityFieldPlan[],
  variableDefinitions: VariableDefinitionNode[],
  selections: FieldNode[],
): DocumentNode {
  const [first] = fields
  const name = first && operationOf(first.document).name
  const operation: OperationDefinitionNode = {
    kind: Kind.OPERATION_DEFINITION,
    operation: OperationTypeNode.QUERY,
    ...(name && { name }),
    variableDefinitions,
    selectionSet: { kind: Kind.SELECTION_SET, selections },
  }
  return { kind: Kind.DOCUMENT, definitions: [operation] }
}

function aliasedField(operation: OperationDefinitionNode, field: EntityFieldPlan): FieldNode {
  const node = operation.selectionSet.selections.find((selection) => selection.kind === Kind.FIELD)
  if (!node) throw new Error('An entity fetch without a field cannot be batched.')
  return {
    ...node,
    alias: { kind: Kind.NAME, value: field.alias },
    arguments: [
      {
        kind: Kind.ARGUMENT,
        name: { kind: Kind.NAME, value: 'representations' },
        value: { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: field.variable } },
      },
    ],
  }
}

export function operationOf(document: DocumentNode): OperationDefinitionNode {
  const operation = document.definitions.find(
    (definition) => definition.kind === Kind.OPERATION_DEFINITION,
  )
  if (!operation) throw new Error('A fetch without an operation cannot be compiled.')
  return operation
}

export interface CallPlan {
  /** Indexes of the calls that must end before this one starts. */
  readonly after: readonly number[]
  readonly units: readonly FetchUnit[]
}

interface Group {
  readonly key: string
  readonly level: number
  readonly members: number[]
}

/**
 * Calls in an order in which each comes after those that it depends on. Public fetches are grouped apart from others,
 * because they carry no identity and are shared by all requests.
 */
export function groupCalls(graph: PlanGraph, isPublic: (unit: FetchUnit) => boolean): CallPlan[] {
  const levels = levelsOf(graph)
  const groups = groupsOf(graph, levels, isPublic)
  moveLeavesDown(graph, groups)
  const kept = groups
    .filter((group) => group.members.length > 0)
    .sort((left, right) => left.level - right.level)
  const groupOfNode = new Map(
    kept.flatMap((group, index) => group.members.map((member) => [member, index] as const)),
  )
  return kept.map((group) => callOf(graph, group, groupOfNode))
}

function levelsOf(graph: PlanGraph): number[] {
  const levels: number[] = []
  for (const node of graph) {
    levels.push(1 + Math.max(-1, ...[...node.after].map((index) => levels[index] ?? 0)))
  }
  return levels
}

function groupsOf(
  graph: PlanGraph,
  levels: readonly number[],
  isPublic: (unit: FetchUnit) => boolean,
): Group[] {
  const groups = new Map<string, Group>()
  graph.forEach((node, index) => {
    const level = levels[index] ?? 0
    const key = isGroupable(node.unit)
      ? `${String(isPublic(node.unit))}:${node.unit.service}`
      : `alone:${index}`
    const group = groups.get(`${level}:${key}`) ?? { key, level, members: [] }
    group.members.push(index)
    groups.set(`${level}:${key}`, group)
  })
  return [...groups.values()]
}

function isGroupable(unit: FetchUnit): boolean {
  return unit.requires !== undefined && unit.kind === OperationTypeNode.QUERY
}

/** Moves groups that no other waits for into a later group of the same service. */
function moveLeavesDown(graph: PlanGraph, groups: readonly Group[]): void {
  const awaited = new Set(graph.flatMap((node) => [...node.after]))
  for (const group of groups) {
    const isLeaf = group.members.every((member) => !awaited.has(member))
    if (!isLeaf) continue
    const later = groups.find(
      (other) => other.key === group.key && other.level > group.level && other.members.length > 0,
    )
    if (later) later.members.push(...group.members.splice(0))
  }
}

function callOf(
  graph: PlanGraph,
  group: Group,
  groupOfNode: ReadonlyMap<number, number>,
): CallPlan {
  const nodes = group.members.flatMap((member) => graph[member] ?? [])
  const after = new Set(
    nodes.flatMap((node) => [...node.after].flatMap((index) => groupOfNode.get(index) ?? [])),
  )
  return { after: [...after], units: nodes.map((node) => node.unit) }
}
