/**
 * Finds the places of a plan where equal objects may become one. A deep answer shows the same few entities at hundreds
 * of positions of one path; as one object each is completed once and written once.
 *
 * Objects at one path that are equal stay equal, because whatever asks at that path asks the same for both. Only
 * a fetch further up can tell them apart, so all of those must have ended before, and must bring nothing but leaves.
 */
import { everyItem, isInheritedName } from '../data.ts'
import type { Path } from '../data.ts'
import type { Brought } from '../merge/expected.ts'
import type { ReceivedShape } from '../merge/shape.ts'
import type { GraphNode, PlanGraph } from './graph.ts'

/** What tells the objects at a path apart. */
export interface AlikeRule {
  /** All names that objects at the path hold before the first fetch completes them. */
  readonly names: readonly string[]
  /** Those of them that the fetches at the path send: seldom equal in different entities. */
  readonly keys: readonly string[]
}

export type AlikeRules = ReadonlyMap<string, AlikeRule>

export const noAlike: AlikeRules = new Map()

export const pathKey = (path: Path): string => path.join('\n')

/** Objects below fewer lists are seldom the same. */
const fewestLists = 2

/** `brought` is what each node of the graph brings, by its index. */
export function alikeRules(graph: PlanGraph, brought: readonly Brought[]): AlikeRules {
  const ancestors = ancestorsOf(graph)
  const asking = new Map<string, number[]>()
  for (const [index, { unit }] of graph.entries()) {
    if (!unit.requires || countLists(unit.path) < fewestLists) continue
    const key = pathKey(unit.path)
    asking.set(key, [...(asking.get(key) ?? []), index])
  }
  const rules = new Map<string, AlikeRule>()
  for (const [key, indexes] of asking) {
    const rule = ruleFor({ graph, brought, ancestors }, indexes)
    if (rule) rules.set(key, rule)
  }
  return rules
}

interface Known {
  readonly graph: PlanGraph
  readonly brought: readonly Brought[]
  readonly ancestors: readonly ReadonlySet<number>[]
}

/** The rule of the path that the nodes of these indexes share. */
function ruleFor(
  { graph, brought, ancestors }: Known,
  indexes: readonly number[],
): AlikeRule | undefined {
  const nodes = indexes.flatMap((index) => graph[index] ?? [])
  const above = givers(graph, brought, nodes[0]?.unit.path ?? [])
  const areSettled = indexes.every((index) =>
    above?.every((giver) => ancestors[index]?.has(giver.index)),
  )
  const names = above && leafNames(above.map(({ shape }) => shape))
  const keys = names && keyNames(nodes, names)
  return areSettled && keys ? { names, keys } : undefined
}

const countLists = (path: Path): number => path.filter((step) => step === everyItem).length

function ancestorsOf(graph: PlanGraph): ReadonlySet<number>[] {
  const ancestors: Set<number>[] = []
  for (const { after } of graph) {
    ancestors.push(new Set([...after].flatMap((index) => [index, ...(ancestors[index] ?? [])])))
  }
  return ancestors
}

interface Giver {
  readonly index: number
  readonly shape: ReceivedShape
}

const withoutLists = (path: Path): Path => path.filter((step) => step !== everyItem)

/** The fetches further up that bring something to the objects at a path; undefined when that cannot be told. */
function givers(
  graph: PlanGraph,
  brought: readonly Brought[],
  path: Path,
): readonly Giver[] | undefined {
  const steps = withoutLists(path)
  const found: Giver[] = []
  for (const [index, { unit }] of graph.entries()) {
    if (pathKey(unit.path) === pathKey(path)) continue
    const own = withoutLists(unit.path)
    if (own.some((step, at) => step !== steps[at])) continue
    const shape = shapeBelow(brought[index]?.shape, steps.slice(own.length))
    if (!shape) continue
    // A rewritten answer holds other names than its operation shows.
    if (unit.outputRewrites.length > 0) return undefined
    found.push({ index, shape })
  }
  return found
}

function shapeBelow(shape: ReceivedShape | undefined, steps: Path): ReceivedShape | undefined {
  return steps.reduce<ReceivedShape | undefined>((found, step) => found?.get(step), shape)
}

function leafNames(shapes: readonly ReceivedShape[]): readonly string[] | undefined {
  const names = new Set<string>()
  for (const shape of shapes) {
    for (const [name, below] of shape) {
      if (below || isInheritedName(name)) return undefined
      names.add(name)
    }
  }
  return [...names]
}

function keyNames(
  nodes: readonly GraphNode[],
  names: readonly string[],
): readonly string[] | undefined {
  const asked = new Set(
    nodes
      .flatMap(({ unit }) => unit.requires ?? [])
      .flatMap((selection) => (selection.kind === 'InlineFragment' ? selection.selections : []))
      .flatMap((field) => (field.kind === 'Field' ? [field.alias ?? field.name] : [])),
  )
  const keys = names.filter((name) => name !== '__typename' && asked.has(name))
  return keys.length > 0 ? keys : undefined
}
