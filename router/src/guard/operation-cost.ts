import {
  type FieldNode,
  getNamedType,
  getNullableType,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLNamedOutputType,
  type GraphQLSchema,
  isAbstractType,
  isInterfaceType,
  isLeafType,
  isListType,
} from 'graphql'
import { type OpenWeight, weighArguments } from './argument-cost.ts'
import type { LimitRules, ListSize, SizedFields } from './limit-rules.ts'
import { slicesOf, type Slice } from './page-size.ts'

/** How the weights of an operation add up. */
export interface CostModel {
  /** The assumed length of a list without `@listSize`. */
  readonly unknownSize: number
  /** The weight of a field replaces that of its type, for each entry; otherwise it counts once, beside them. */
  readonly isWeightOfEntries: boolean
  /** The weight of an input object without `@cost`. */
  readonly inputObjectWeight: number
}

/** The page limit of a field, by `Type.field`, and of all other fields. */
export interface PageCaps {
  /** The platform's own by default. */
  readonly model?: CostModel
  readonly byField: ReadonlyMap<string, number>
  readonly others: number
}

const ownModel: CostModel = { unknownSize: 10, isWeightOfEntries: false, inputObjectWeight: 0 }

/** One field's part of the cost: its weight once, and for each entry its type's weight and its children. */
export interface CostNode {
  readonly place: string
  readonly name: string
  readonly responseName: string
  readonly weight: number
  /** Of arguments with variables. */
  readonly openWeights: readonly OpenWeight[]
  readonly typeWeight: number
  readonly isList: boolean
  readonly slices: readonly Slice[]
  readonly requiresOneSlice: boolean
  /** By `@listSize`. */
  readonly assumedSize: number | undefined
  readonly unknownSize: number
  readonly cap: number
  readonly sizedFields: SizedFields
  readonly children: readonly CostNode[]
}

interface FieldFacts {
  readonly schema: GraphQLSchema
  readonly rules: LimitRules
  readonly caps: PageCaps
  readonly parent: GraphQLCompositeType
  readonly responseName: string
  readonly definition: GraphQLField<unknown, unknown>
  readonly node: FieldNode
  readonly children: readonly CostNode[]
}

export function makeCostNode(facts: FieldFacts): CostNode {
  const { rules, caps, parent, responseName, definition, node, children } = facts
  const { unknownSize, isWeightOfEntries, inputObjectWeight } = caps.model ?? ownModel
  const place = `${parent.name}.${definition.name}`
  const weight = fieldWeight(facts, place)
  const ofEntries = isWeightOfEntries ? weight : undefined
  const weights = weighArguments({ rules, inputObjectWeight, place, definition, node })
  return {
    place,
    name: definition.name,
    responseName,
    weight: weights.fixed + (isWeightOfEntries ? 0 : (weight ?? 0)),
    openWeights: weights.open,
    typeWeight: ofEntries ?? typeWeight(facts, getNamedType(definition.type)),
    isList: isListType(getNullableType(definition.type)),
    ...sizesOf(facts, rules.listSizes.get(place) ?? unsized),
    unknownSize,
    cap: caps.byField.get(place) ?? caps.others,
    children,
  }
}

const unsized: ListSize = {
  assumedSize: undefined,
  slicingArguments: [],
  requiresOne: false,
  sizedFields: new Map(),
}

function sizesOf({ definition, node }: FieldFacts, listSize: ListSize) {
  const { assumedSize, requiresOne, sizedFields } = listSize
  const slices = slicesOf(listSize, definition, node)
  return { slices, requiresOneSlice: requiresOne, assumedSize, sizedFields }
}

/** Fields of interfaces have no weight of their own: it is the largest of those that may answer. */
function fieldWeight({ schema, rules, parent, definition }: FieldFacts, place: string) {
  const own = rules.weights.get(place)
  if (own !== undefined || !isInterfaceType(parent)) return own
  const found = schema
    .getPossibleTypes(parent)
    .flatMap(({ name }) => rules.weights.get(`${name}.${definition.name}`) ?? [])
  return found.length === 0 ? undefined : Math.max(...found)
}

function typeWeight({ schema, rules }: FieldFacts, type: GraphQLNamedOutputType): number {
  if (isAbstractType(type)) {
    const weights = schema.getPossibleTypes(type).map(({ name }) => rules.weights.get(name) ?? 1)
    return weights.length === 0 ? 1 : Math.max(...weights)
  }
  return rules.weights.get(type.name) ?? (isLeafType(type) ? 0 : 1)
}

/** A page size outside the limits of the field. */
export interface BadPage {
  readonly place: string
  readonly argument: string
  readonly cap: number
}

/** A field that needs exactly one of these arguments, and has none or several. */
export interface BadSlices {
  readonly place: string
  readonly allowed: readonly string[]
  readonly given: readonly string[]
}

export interface Measured {
  readonly cost: number
  readonly badPage: BadPage | undefined
  readonly badSlices: BadSlices | undefined
}

type Variables = Readonly<Record<string, unknown>>

/** What a `@listSize` above a field says about it: its length, or that of fields below it. */
interface Sizing {
  readonly size: number | undefined
  readonly fields: SizedFields
}

/** What an operation costs with these variables, and its first page sizes that are not allowed. */
export function measureCost(nodes: readonly CostNode[], variables: Variables): Measured {
  let badPage: BadPage | undefined
  let badSlices: BadSlices | undefined
  const measure = (node: CostNode, above: Sizing | undefined): number => {
    const page = pageOf(node, variables)
    badPage ??= page.badPage
    badSlices ??= page.badSlices
    const own = page.size ?? node.assumedSize
    let inner = node.typeWeight
    for (const child of node.children) {
      inner += measure(child, sizingOf(node.sizedFields, own, child) ?? below(above, child))
    }
    // A negative weight makes nothing else cheaper.
    return Math.max(0, weightOf(node, variables) + countOf(node, own, above) * inner)
  }
  let cost = 0
  for (const node of nodes) cost += measure(node, undefined)
  return { cost, badPage, badSlices }
}

/** The weight that a field has once. */
export function weightOf({ weight, openWeights }: CostNode, variables: Variables): number {
  let sum = weight
  for (const open of openWeights) sum += open(variables)
  return sum
}

function countOf(node: CostNode, own: number | undefined, above: Sizing | undefined): number {
  if (!node.isList) return 1
  const said = above?.fields.size === 0 ? above.size : undefined
  return said ?? own ?? node.unknownSize
}

function sizingOf(
  fields: SizedFields,
  size: number | undefined,
  { name }: CostNode,
): Sizing | undefined {
  const found = fields.get(name)
  return found && { size, fields: found }
}

const below = (above: Sizing | undefined, child: CostNode): Sizing | undefined =>
  above && sizingOf(above.fields, above.size, child)

interface Page extends Pick<Measured, 'badPage' | 'badSlices'> {
  readonly size: number | undefined
}

/** The largest given size of a list, and what is not allowed about it. */
function pageOf({ slices, cap, place, requiresOneSlice }: CostNode, variables: Variables): Page {
  let size: number | undefined
  let badPage: BadPage | undefined
  const given: string[] = []
  for (const { argument, sizeWith } of slices) {
    const own = sizeWith(variables)
    if (own === undefined) continue
    given.push(argument)
    if (own < 1 || own > cap) badPage ??= { place, argument, cap }
    size = Math.max(own, size ?? 0)
  }
  const isOff = requiresOneSlice && slices.length > 0 && given.length !== 1
  const allowed = slices.map(({ argument }) => argument)
  return { size, badPage, badSlices: isOff ? { place, allowed, given } : undefined }
}
