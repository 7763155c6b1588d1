import {
  type ConstDirectiveNode,
  type ConstValueNode,
  type DefinitionNode,
  type EnumTypeDefinitionNode,
  type FieldDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  type ScalarTypeDefinitionNode,
  parse,
  valueFromASTUntyped,
} from 'graphql'

/** `@listSize`: the assumed length of a list. */
export interface ListSize {
  readonly assumedSize: number | undefined
  readonly slicingArguments: readonly string[]
  readonly sizedFields: readonly string[]
}

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

/** Costs, limits and subgraphs of the supergraph, by `Type.field`; weights also by type and by argument. */
export interface LimitRules {
  readonly weights: ReadonlyMap<string, number>
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
  for (const type of parse(supergraphSdl, { noLocation: true }).definitions) {
    if (!isCounted(type)) continue
    const [cost] = argumentsOf(type.directives, 'cost')
    if (cost) rules.weights.set(type.name.value, Number(cost['weight']))
    if (type.kind === Kind.OBJECT_TYPE_DEFINITION) readFields(type, rules)
  }
  return rules
}

type CountedType = ObjectTypeDefinitionNode | ScalarTypeDefinitionNode | EnumTypeDefinitionNode

const isCounted = (node: DefinitionNode): node is CountedType =>
  node.kind === Kind.OBJECT_TYPE_DEFINITION ||
  node.kind === Kind.SCALAR_TYPE_DEFINITION ||
  node.kind === Kind.ENUM_TYPE_DEFINITION

interface MutableRules {
  readonly weights: Map<string, number>
  readonly listSizes: Map<string, ListSize>
  readonly fieldLimits: Map<string, readonly FieldLimit[]>
  readonly places: Map<string, FieldPlace>
}

function readFields(type: ObjectTypeDefinitionNode, rules: MutableRules): void {
  const typeServices = servicesOf(argumentsOf(type.directives, 'join__type'))
  for (const field of type.fields ?? []) {
    const name = `${type.name.value}.${field.name.value}`
    rules.places.set(name, readPlace(field, typeServices))
    const [cost] = argumentsOf(field.directives, 'cost')
    if (cost) rules.weights.set(name, Number(cost['weight']))
    for (const argument of field.arguments ?? []) {
      const [own] = argumentsOf(argument.directives, 'cost')
      if (own) rules.weights.set(`${name}(${argument.name.value}:)`, Number(own['weight']))
    }
    const [size] = argumentsOf(field.directives, 'listSize')
    if (size) rules.listSizes.set(name, toListSize(size))
    const limits = argumentsOf(field.directives, 'rateLimit')
    if (limits.length > 0) rules.fieldLimits.set(name, limits.map(toFieldLimit))
  }
}

const toListSize = (given: Arguments): ListSize => ({
  assumedSize: given['assumedSize'] as number | undefined,
  slicingArguments: (given['slicingArguments'] ?? []) as string[],
  sizedFields: (given['sizedFields'] ?? []) as string[],
})

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
