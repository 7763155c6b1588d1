/** What an answer cost: as its operation was estimated, but with the lists that it holds. Nulls cost nothing. */
import { weightOf, type CostNode } from '../../guard/operation-cost.ts'
import { parseInTurns } from '../call/parse-large.ts'
import { isData, isList, type Data } from '../data.ts'
import { openTurns, type Pause } from '../turns.ts'
import { untouchedBytes } from '../write/body.ts'

export interface CostedOperation {
  /** What it costs whatever its fields are. */
  readonly base: number
  readonly costs: readonly CostNode[]
  readonly variables: Readonly<Record<string, unknown>>
}

/** Answers that are measured at once; more are not measured. */
const mostAtOnce = 16
/** How many values are read between two looks at the clock. */
const lookEvery = 1_000

export function openActualCost(
  onCost: (cost: number) => void,
): (operation: CostedOperation, data: unknown) => void {
  let inProgress = 0
  return (operation, data) => {
    if (inProgress === mostAtOnce) return
    inProgress += 1
    const bytes = untouchedBytes(data)
    // After the answer has been sent.
    setImmediate(() => {
      const read = bytes === undefined ? Promise.resolve(data) : parseInTurns(bytes)
      const end = () => (inProgress -= 1)
      read
        .then((value) => measureAnswer(operation, value, openTurns()))
        .then(onCost)
        // A value of a scalar may be nested more deeply than is read again.
        .then(end, end)
    })
  }
}

interface Found {
  readonly node: CostNode
  readonly value: unknown
  /** Its weights have been counted under another type that it may have. */
  readonly isRepeated: boolean
}

/** A stack of its own and turns: an answer may hold millions of values, a thousand levels deep. */
export async function measureAnswer(
  { base, costs, variables }: CostedOperation,
  data: unknown,
  pause: Pause,
): Promise<number> {
  const stack: Found[] = []
  let cost = base
  let looked = 0
  const add = (nodes: readonly CostNode[], object: Data) => {
    const repeated = repeatedOf(nodes)
    for (const node of nodes) {
      if (!Object.hasOwn(object, node.responseName)) continue
      const isRepeated = repeated.has(node)
      if (!isRepeated) cost += weightOf(node, variables)
      stack.push({ node, value: object[node.responseName], isRepeated })
    }
  }
  if (isData(data)) add(costs, data)
  for (let found = stack.pop(); found; found = stack.pop()) {
    const { node, value, isRepeated } = found
    if (isList(value)) {
      if (maySpend(node)) for (const entry of value) stack.push({ ...found, value: entry })
    } else if (value !== null) {
      if (!isRepeated) cost += node.typeWeight
      if (isData(value)) add(node.children, value)
    }
    looked += 1
    if (looked % lookEvery === 0) await pause()
  }
  return cost
}

const maySpend = ({ children, typeWeight }: CostNode): boolean =>
  children.length > 0 || typeWeight !== 0

const known = new WeakMap<readonly CostNode[], ReadonlySet<CostNode>>()

/** The fields of one name after the first: fragments of several types may select it. */
function repeatedOf(nodes: readonly CostNode[]): ReadonlySet<CostNode> {
  const found = known.get(nodes)
  if (found) return found
  const names = new Set<string>()
  const repeated = new Set<CostNode>()
  for (const node of nodes) {
    if (names.has(node.responseName)) repeated.add(node)
    names.add(node.responseName)
  }
  known.set(nodes, repeated)
  return repeated
}
