/**
 * Groups the fetches of a graph into calls. Entity fetches of one service on one level become one call (see
 * batch.ts). A fetch that nothing waits for moves down to a later call of its service, which costs no depth
 * because the plan waits for that later call anyway.
 */
import { OperationTypeNode } from 'graphql'
import type { FetchUnit, PlanGraph } from './graph.ts'

export interface CallPlan {
  /** Indexes of the calls that must have ended before this one starts. */
  readonly after: readonly number[]
  readonly units: readonly FetchUnit[]
}

interface Group {
  readonly key: string
  readonly level: number
  readonly members: number[]
}

/**
 * Calls in an order in which each comes after those that it waits for. Public fetches are kept apart from
 * the others, because they carry no identity and are shared by everyone.
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

/** Empties groups that hold only leaves when a later group of the same service exists. */
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
