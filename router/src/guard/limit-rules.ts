import {
  type ConstDirectiveNode,
  type ConstValueNode,
  type FieldDefinitionNode,
  type InputObjectTypeDefinitionNode,
  type InterfaceTypeDefinitionNode,
  isTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  type SelectionSetNode,
  valueFromASTUntyped,
} from 'graphql'
import { linkedNames } from '../engine/rules/linked-names.ts'

/** `@listSize`: the assumed length of a list. */
export interface ListSize {
  readonly assumedSize: number | undefined
  /** Each the name of an argument, or a path from one to a field of its input. */
  readonly slicingArguments: readonly (readonly string[])[]
  /** Whether an operation must give exactly one of them. */
  readonly requiresOne: boolean
  readonly sizedFields: SizedFields
}

/** The fields below a field whose length its `@listSize` says: these themselves where nothing is below them. */
export type SizedFields = ReadonlyMap<string, SizedFields>

/** `@rateLimit`: how often one client may use a field in a minute. */
export interface FieldLimit {
  readonly budget: string
  readonly per: 'USER' | 'IP'
  readonly max: number
  /** The path to the argument or input field whose presence makes a use count; empty: every use counts. */
  readonly when: readonly string[]
}

/** The subgraphs that resolve a field, and what they require from others. */
export interface FieldPlace {
  readonly services: readonly string[]
  /** By service: the selection of the same object that it requires. */
  readonly requires: ReadonlyMap<string, string>
}

/** Costs, limits and subgraphs of the supergraph, by `Type.field`; weights also by type, input field and argument. */
export interface LimitRules {
  readonly weights: ReadonlyMap<string, number>
  /** Whether the value of an argument may weigh anything beside the argument's own weight. */
  readonly weighsInputs: boolean
  readonly listSizes: ReadonlyMap<string, ListSize>
  readonly fieldLimits: ReadonlyMap<string, readonly FieldLimit[]>
  readonly places: ReadonlyMap<string, FieldPlace>
}

type Arguments = Readonly<Record<string, unknown>>

/** Reads the directives that the router enforces itself. */
export function readLimitRules(supergraphSdl: string): LimitRules {
  const rules = {
    weights: new Map<string, number>(),
    listSizes: new Map<string, ListSize>(),
    fieldLimits: new Map<string, readonly FieldLimit[]>(),
    places: new Map<string, FieldPlace>(),
  }
  const { definitions } = parse(supergraphSdl, { noLocation: true })
  const nameOf = linkedNames(definitions)
  const names = { cost: nameOf('cost'), listSize: nameOf('cost', 'listSize') }
  let weighsInputs = false
  for (const type of definitions) {
    if (!isTypeDefinitionNode(type)) continue
    const isWeighed = readWeight(rules, names, type.name.value, type.directives)
    const isComposite =
      type.kind === Kind.OBJECT_TYPE_DEFINITION || type.kind === Kind.INTERFACE_TYPE_DEFINITION
    if (isComposite) readFields(type, rules, names)
    else if (type.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION) {
      if (readInputFields(type, rules, names)) weighsInputs = true
    } else if (isWeighed) weighsInputs = true
  }
  return { ...rules, weighsInputs }
}

type FieldsType = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode

interface DirectiveNames {
  readonly cost: string
  readonly listSize: string
}

/** Whether there is one. */
function readWeight(
  { weights }: MutableRules,
  { cost: name }: DirectiveNames,
  place: string,
  directives: readonly ConstDirectiveNode[] | undefined,
): boolean {
  const [cost] = argumentsOf(directives, name)
  // IBM's specification writes weights as texts.
  const weight = Number(cost?.['weight'])
  if (!Number.isFinite(weight)) return false
  weights.set(place, weight)
  return true
}

function readInputFields(
  { name: type, fields = [] }: InputObjectTypeDefinitionNode,
  rules: MutableRules,
  names: DirectiveNames,
): boolean {
  const found = fields.map(({ name, directives }) =>
    readWeight(rules, names, `${type.value}.${name.value}`, directives),
  )
  return found.includes(true)
}

interface MutableRules {
  readonly weights: Map<string, number>
  readonly listSizes: Map<string, ListSize>
  readonly fieldLimits: Map<string, readonly FieldLimit[]>
  readonly places: Map<string, FieldPlace>
}

function readFields(type: FieldsType, rules: MutableRules, names: DirectiveNames): void {
  const typeServices = servicesOf(argumentsOf(type.directives, 'join__type'))
  for (const field of type.fields ?? []) {
    const name = `${type.name.value}.${field.name.value}`
    if (type.kind === Kind.OBJECT_TYPE_DEFINITION) {
      rules.places.set(name, readPlace(field, typeServices))
    }
    readWeight(rules, names, name, field.directives)
    for (const argument of field.arguments ?? []) {
      readWeight(rules, names, `${name}(${argument.name.value}:)`, argument.directives)
    }
    const [size] = argumentsOf(field.directives, names.listSize)
    if (size) rules.listSizes.set(name, toListSize(size))
    const limits = argumentsOf(field.directives, 'rateLimit')
    if (limits.length > 0) rules.fieldLimits.set(name, limits.map(toFieldLimit))
  }
}

const toListSize = (given: Arguments): ListSize => ({
  assumedSize: given['assumedSize'] as number | undefined,
  slicingArguments: ((given['slicingArguments'] ?? []) as string[]).map((path) => path.split('.')),
  requiresOne: given['requireOneSlicingArgument'] !== false,
  sizedFields: toSizedFields((given['sizedFields'] ?? []) as string[]),
})

/** Each is the name of a field, or a selection such as `results { page }`. */
function toSizedFields(given: readonly string[]): SizedFields {
  if (given.length === 0) return noFields
  const [definition] = parse(`{ ${given.join(' ')} }`, { noLocation: true }).definitions
  return definition?.kind === Kind.OPERATION_DEFINITION ? treeOf(definition.selectionSet) : noFields
}

const noFields: SizedFields = new Map()

function treeOf({ selections }: SelectionSetNode): SizedFields {
  return new Map(
    selections.flatMap((node) =>
      node.kind === Kind.FIELD
        ? [[node.name.value, node.selectionSet ? treeOf(node.selectionSet) : noFields]]
        : [],
    ),
  )
}

const toFieldLimit = ({ budget, per, max, when }: Arguments): FieldLimit => ({
  budget: String(budget),
  per: per === 'IP' ? 'IP' : 'USER',
  max: Number(max),
  when: typeof when === 'string' ? when.split('.') : [],
})

function readPlace(field: FieldDefinitionNode, typeServices: readonly string[]): FieldPlace {
  const joins = argumentsOf(field.directives, 'join__field')
  const own = joins.filter(({ external }) => external !== true)
  return {
    services: joins.length === 0 ? typeServices : servicesOf(own),
    requires: new Map(
      own.flatMap(({ graph, requires }) =>
        typeof requires === 'string' ? [[toService(graph), requires] as const] : [],
      ),
    ),
  }
}

const servicesOf = (joins: readonly Arguments[]): string[] =>
  joins.map(({ graph }) => toService(graph))

const toService = (graph: unknown): string => String(graph).toLowerCase()

function argumentsOf(
  directives: readonly ConstDirectiveNode[] | undefined,
  name: string,
): Arguments[] {
  return (directives ?? [])
    .filter((directive) => directive.name.value === name)
    .map((directive) =>
      Object.fromEntries(
        (directive.arguments ?? []).map((given) => [given.name.value, read(given.value)]),
      ),
    )
}

const read = (value: ConstValueNode): unknown => valueFromASTUntyped(value)
