/**
 * The fields that `@requires` of a supergraph fetch, and which of them conflict. The planner puts the value of a required
 * field under the field's own name, whatever its arguments. Where a client selects the same field with other arguments,
 * or two `@requires` do, one value would replace the other.
 */
import {
  Kind,
  getNamedType,
  isInterfaceType,
  isObjectType,
  parse,
  print,
  type ConstDirectiveNode,
  type FieldNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql'

/** `Type.field`, to the texts of the arguments that it is required with; no arguments are an empty text. */
type RequiredFields = ReadonlyMap<string, ReadonlySet<string>>

export interface Requirements {
  /** By the name of a field, of any type: the argument texts that it is required with. */
  readonly argumentsOf: ReadonlyMap<string, ReadonlySet<string>>
  /** `Type.field`, to the fields that it cannot be planned with. */
  readonly conflicts: ReadonlyMap<string, ReadonlySet<string>>
  /** Names of the fields that are required with different arguments. */
  readonly contested: ReadonlySet<string>
  /** Fields whose requirements, direct or transitive, select one field with different arguments. */
  readonly contradictory: ReadonlySet<string>
}

export function readRequirements(supergraph: GraphQLSchema): Requirements {
  const direct = directRequirements(supergraph)
  const all = new Map([...direct.keys()].map((name) => [name, closure(direct, name)]))
  const argumentsOf = new Map<string, Set<string>>()
  for (const fields of direct.values()) {
    for (const [coordinate, texts] of fields) {
      const name = nameOf(coordinate)
      argumentsOf.set(name, new Set([...(argumentsOf.get(name) ?? []), ...texts]))
    }
  }
  const conflicts = new Map<string, Set<string>>()
  const contested = new Set<string>()
  for (const [left, fields] of all) {
    for (const [right, others] of all) {
      const clashing = [...fields.keys()].filter((each) => areDifferent(fields, others, each))
      if (left === right || clashing.length === 0) continue
      for (const coordinate of clashing) contested.add(nameOf(coordinate))
      conflicts.set(left, (conflicts.get(left) ?? new Set()).add(right))
    }
  }
  const contradictory = [...all].filter(([, fields]) =>
    [...fields.values()].some((texts) => texts.size > 1),
  )
  return {
    argumentsOf,
    conflicts,
    contested,
    contradictory: new Set(contradictory.map(([name]) => name)),
  }
}

const nameOf = (coordinate: string): string => coordinate.slice(coordinate.indexOf('.') + 1)

function areDifferent(left: RequiredFields, right: RequiredFields, coordinate: string): boolean {
  const [one, other] = [left.get(coordinate), right.get(coordinate)]
  return one !== undefined && other !== undefined && new Set([...one, ...other]).size > 1
}

/** The transitive requirements of a field. */
function closure(
  direct: ReadonlyMap<string, RequiredFields>,
  start: string,
): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  const visited = new Set<string>()
  const visit = (name: string): void => {
    if (visited.has(name)) return
    visited.add(name)
    for (const [coordinate, texts] of direct.get(name) ?? []) {
      found.set(coordinate, new Set([...(found.get(coordinate) ?? []), ...texts]))
      visit(coordinate)
    }
  }
  visit(start)
  return found
}

/** `Type.field` of every field with `@requires`, to the fields that it requires. */
function directRequirements(supergraph: GraphQLSchema): Map<string, Map<string, Set<string>>> {
  const found = new Map<string, Map<string, Set<string>>>()
  for (const type of Object.values(supergraph.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue
    for (const field of Object.values(type.getFields())) {
      const fields = new Map<string, Set<string>>()
      for (const directive of field.astNode?.directives ?? []) {
        const selections = requiresOf(directive)
        if (selections) addFields(supergraph, type, selections, fields)
      }
      if (fields.size > 0) found.set(`${type.name}.${field.name}`, fields)
    }
  }
  return found
}

function addFields(
  schema: GraphQLSchema,
  type: GraphQLNamedType | undefined,
  { selections }: SelectionSetNode,
  fields: Map<string, Set<string>>,
): void {
  for (const node of selections) {
    if (node.kind === Kind.FIELD) addField(schema, type, node, fields)
    if (node.kind !== Kind.INLINE_FRAGMENT) continue
    const inside = node.typeCondition ? schema.getType(node.typeCondition.name.value) : type
    addFields(schema, inside, node.selectionSet, fields)
  }
}

function addField(
  schema: GraphQLSchema,
  type: GraphQLNamedType | undefined,
  node: FieldNode,
  fields: Map<string, Set<string>>,
): void {
  if (!isObjectType(type) && !isInterfaceType(type)) return
  const name = node.name.value
  const text = argumentText(node)
  for (const coordinate of coordinatesOf(schema, type, name)) {
    fields.set(coordinate, (fields.get(coordinate) ?? new Set()).add(text))
  }
  const field = type.getFields()[name]
  if (field && node.selectionSet) {
    addFields(schema, getNamedType(field.type), node.selectionSet, fields)
  }
}

/** The arguments of a field as text, in any order. */
export function argumentText(node: FieldNode): string {
  return (node.arguments ?? []).map(print).sort().join()
}

/** A field of an interface represents the field of each of its types. */
export function coordinatesOf(
  schema: GraphQLSchema,
  type: GraphQLNamedType,
  fieldName: string,
): string[] {
  const types = isInterfaceType(type) ? [type, ...schema.getPossibleTypes(type)] : [type]
  return types.map(({ name }) => `${name}.${fieldName}`)
}

function requiresOf(directive: ConstDirectiveNode): SelectionSetNode | undefined {
  if (directive.name.value !== 'join__field') return undefined
  const argument = directive.arguments?.find((each) => each.name.value === 'requires')
  if (argument?.value.kind !== Kind.STRING) return undefined
  const [definition] = parse(`{${argument.value.value}}`, { noLocation: true }).definitions
  return definition?.kind === Kind.OPERATION_DEFINITION ? definition.selectionSet : undefined
}
