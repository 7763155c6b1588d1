import {
  type FieldNode,
  getNamedType,
  getNullableType,
  type GraphQLField,
  isLeafType,
  isListType,
  Kind,
  type ValueNode,
} from 'graphql'
import type { LimitRules, ListSize } from './limit-rules.ts'

/** The page limit of a field, by `Type.field`, and of all other fields. */
export interface PageCaps {
  /** The assumed length of a list without `@listSize`; 10 by default. */
  readonly unknownSize?: number
  readonly byField: ReadonlyMap<string, number>
  readonly others: number
}

/** A size that is written in the document, or the variable that holds it. */
interface Slice {
  readonly argument: string
  readonly variable?: string
  /** What is written in the document, or the default. */
  readonly size: unknown
}

/** One field's part of the cost: its weight once, and for each entry its type's weight and its children. */
export interface CostNode {
  readonly place: string
  readonly name: string
  readonly weight: number
  readonly typeWeight: number
  readonly slices: readonly Slice[]
  readonly assumedSize: number
  readonly cap: number
  readonly sizedFields: readonly string[]
  readonly children: readonly CostNode[]
}

/** The assumed length of a list without `@listSize`. */
const unknownListSize = 10

interface FieldFacts {
  readonly rules: LimitRules
  readonly caps: PageCaps
  readonly place: string
  readonly definition: GraphQLField<unknown, unknown>
  readonly node: FieldNode
  readonly children: readonly CostNode[]
}

export function makeCostNode(facts: FieldFacts): CostNode {
  const { rules, caps, place, definition, node, children } = facts
  const type = getNamedType(definition.type)
  const listSize = rules.listSizes.get(place)
  return {
    place,
    name: definition.name,
    weight: (rules.weights.get(place) ?? 0) + argumentWeight(facts),
    typeWeight: rules.weights.get(type.name) ?? (isLeafType(type) ? 0 : 1),
    slices: listSize ? slicesOf(listSize, definition, node) : [],
    assumedSize: listSize?.assumedSize ?? usualSize(definition, caps),
    cap: caps.byField.get(place) ?? caps.others,
    sizedFields: listSize?.sizedFields ?? [],
    children,
  }
}

function argumentWeight({ rules, place, node }: FieldFacts): number {
  let sum = 0
  for (const { name } of node.arguments ?? []) {
    sum += rules.weights.get(`${place}(${name.value}:)`) ?? 0
  }
  return sum
}

const usualSize = (
  { type }: GraphQLField<unknown, unknown>,
  { unknownSize = unknownListSize }: PageCaps,
): number => (isListType(getNullableType(type)) ? unknownSize : 1)

function slicesOf(
  { slicingArguments }: ListSize,
  definition: GraphQLField<unknown, unknown>,
  node: FieldNode,
): Slice[] {
  return slicingArguments.map((name) => {
    const fallback = definition.args.find((argument) => argument.name === name)?.defaultValue
    const given = node.arguments?.find((argument) => argument.name.value === name)?.value
    return { argument: name, ...(given ? toSlice(given, fallback) : { size: fallback }) }
  })
}

function toSlice(value: ValueNode, fallback: unknown): Omit<Slice, 'argument'> {
  if (value.kind === Kind.VARIABLE) return { variable: value.name.value, size: fallback }
  return { size: value.kind === Kind.INT ? parseInt(value.value, 10) : fallback }
}

/** A page size outside the limits of the field. */
export interface BadPage {
  readonly place: string
  readonly argument: string
  readonly cap: number
}

export interface Measured {
  readonly cost: number
  readonly badPage: BadPage | undefined
}

/** What an operation costs with these variables, and its first page size that is not allowed. */
export function measureCost(
  nodes: readonly CostNode[],
  variables: Readonly<Record<string, unknown>>,
): Measured {
  let badPage: BadPage | undefined
  const measure = (node: CostNode, sizedBy: number | undefined): number => {
    const page = pageOf(node, variables)
    badPage ??= page.bad
    const own = page.size ?? node.assumedSize
    const isConnection = node.sizedFields.length > 0
    const size = sizedBy ?? (isConnection ? 1 : own)
    let inner = node.typeWeight
    for (const child of node.children) {
      inner += measure(child, node.sizedFields.includes(child.name) ? own : undefined)
    }
    return node.weight + size * inner
  }
  let cost = 0
  for (const node of nodes) cost += measure(node, undefined)
  return { cost, badPage }
}

/** The largest given size of a list, and the first one that is not allowed. */
function pageOf(
  { slices, cap, place }: CostNode,
  variables: Readonly<Record<string, unknown>>,
): { readonly size: number | undefined; readonly bad: BadPage | undefined } {
  let size: number | undefined
  let bad: BadPage | undefined
  for (const slice of slices) {
    const given = sizeOf(slice, variables)
    if (given === undefined) continue
    if (given < 1 || given > cap) bad ??= { place, argument: slice.argument, cap }
    size = Math.max(given, size ?? 0)
  }
  return { size, bad }
}

/** The given size. A value that is not a number is refused later, by its type. */
function sizeOf(
  { variable, size }: Slice,
  variables: Readonly<Record<string, unknown>>,
): number | undefined {
  const given = variable === undefined ? size : (variables[variable] ?? size)
  return typeof given === 'number' ? given : undefined
}
