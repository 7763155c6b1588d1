/**
 * Finds the paths of a plan whose equal objects may be interned, so that one object replaces its equals. A deep result
 * shows the same few entities at hundreds of positions of one path; as one object, each is completed and written once.
 *
 * Equal objects at one path stay equal, because every fetch at the path requests the same fields for all of them. Only
 * fetches at a shorter path can make them differ, so those must have ended before, and must bring only leaves.
 */
import { everyItem, isInheritedName, type Path } from '../data.ts'
import type { FetchedShape, ReplyShape } from '../merge/shape.ts'
import type { GraphNode, PlanGraph } from './graph.ts'

/** The fields that decide whether objects at a path are equal. */
export interface InternRule {
  /** All names of objects at the path before the first fetch at the path. */
  readonly names: readonly string[]
  /** The names in the representations of the fetches at the path: rarely equal in different entities. */
  readonly keys: readonly string[]
}

export type InternRules = ReadonlyMap<string, InternRule>

export const noInternRules: InternRules = new Map()

export const pathKey = (path: Path): string => path.join('\n')

/** Objects below fewer lists are rarely equal. */
const fewestLists = 2

/** `fetched` is the shape that each node of the graph adds, by its index. */
export function internRules(graph: PlanGraph, fetched: readonly FetchedShape[]): InternRules {
  const ancestors = ancestorsOf(graph)
  const fetching = new Map<string, number[]>()
  for (const [index, { unit }] of graph.entries()) {
    if (!unit.requires || countLists(unit.path) < fewestLists) continue
    const key = pathKey(unit.path)
    fetching.set(key, [...(fetching.get(key) ?? []), index])
  }
  const rules = new Map<string, InternRule>()
  for (const [key, indexes] of fetching) {
    const rule = ruleFor({ graph, fetched, ancestors }, indexes)
    if (rule) rules.set(key, rule)
  }
  return rules
}

interface Known {
  readonly graph: PlanGraph
  readonly fetched: readonly FetchedShape[]
  readonly ancestors: readonly ReadonlySet<number>[]
}

/** The rule of the path that the nodes of these indexes share. */
function ruleFor(
  { graph, fetched, ancestors }: Known,
  indexes: readonly number[],
): InternRule | undefined {
  const nodes = indexes.flatMap((index) => graph[index] ?? [])
  const above = sourcesOf(graph, fetched, nodes[0]?.unit.path ?? [])
  const areSettled = indexes.every((index) =>
    above?.every((source) => ancestors[index]?.has(source.index)),
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

interface Source {
  readonly index: number
  readonly shape: ReplyShape
}

const withoutLists = (path: Path): Path => path.filter((step) => step !== everyItem)

/** The fetches at shorter paths that add fields to the objects at a path; undefined when unknown. */
function sourcesOf(
  graph: PlanGraph,
  fetched: readonly FetchedShape[],
  path: Path,
): readonly Source[] | undefined {
  const steps = withoutLists(path)
  const found: Source[] = []
  for (const [index, { unit }] of graph.entries()) {
    if (pathKey(unit.path) === pathKey(path)) continue
    const own = withoutLists(unit.path)
    if (own.some((step, at) => step !== steps[at])) continue
    const shape = shapeBelow(fetched[index]?.shape, steps.slice(own.length))
    if (!shape) continue
    // A rewritten reply has other names than its operation.
    if (unit.outputRewrites.length > 0) return undefined
    found.push({ index, shape })
  }
  return found
}

function shapeBelow(shape: ReplyShape | undefined, steps: Path): ReplyShape | undefined {
  return steps.reduce<ReplyShape | undefined>((found, step) => found?.get(step), shape)
}

function leafNames(shapes: readonly ReplyShape[]): readonly string[] | undefined {
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
