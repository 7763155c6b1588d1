import {
  type DirectiveNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'

/** The size of an operation after expanding fragments. */
export interface Shape {
  readonly fields: number
  readonly depth: number
  readonly aliases: number
  readonly rootFields: number
  readonly directives: number
  readonly isIntrospecting: boolean
  /** Fields that have the name of a list of the schema, anywhere. */
  readonly namedLists: number
  /** Those within introspection fields: each of them is as long as the schema is large. */
  readonly schemaLists: number
  /** Sign-ins at the root that run whatever the variables are; of several operations, one of which runs, the fewest. */
  readonly signIns: number
}

/** The shape of a whole document. */
export interface DocumentShape extends Shape {
  /** Whether it selects introspection fields only. */
  readonly isIntrospectionOnly: boolean
}

const nothing: Shape = {
  fields: 0,
  depth: 0,
  aliases: 0,
  rootFields: 0,
  directives: 0,
  isIntrospecting: false,
  namedLists: 0,
  schemaLists: 0,
  signIns: 0,
}

const introspectionFields = new Set(['__schema', '__type'])
const schemaListFields = new Set([
  'types',
  'directives',
  'fields',
  'args',
  'inputFields',
  'enumValues',
  'interfaces',
  'possibleTypes',
])

/**
 * Measures the largest operation of a document, without a schema and before anything is validated. A fragment is
 * measured once, however often it is spread, so that the time is linear to the text and not to its expansion.
 */
export function measureShape({ definitions }: DocumentNode): DocumentShape {
  const fragments = new Map(
    definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [],
    ),
  )
  const known = new Map<string, Shape>()
  const measure = createMeasure(fragments, known)
  const operations = definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION)
  const measured = operations.map((node) => measureOperation(node, measure))
  // Unused fragments are validated too.
  const spare = [...fragments.values()].filter(({ name }) => !known.has(name.value))
  const measuredSpare = spare.map((node) => ({ ...measure(node.selectionSet), rootFields: 0 }))
  const shape = [...measured, ...measuredSpare].reduce(largest, nothing)
  return {
    ...shape,
    signIns: measured.length === 0 ? 0 : Math.min(...measured.map(({ signIns }) => signIns)),
    isIntrospectionOnly:
      shape.isIntrospecting &&
      spare.length === 0 &&
      operations.every((node) => asksForSchemaOnly(node, fragments)),
  }
}

/** Whether all fields at the root of a query are those of introspection. */
function asksForSchemaOnly(
  { operation, selectionSet }: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): boolean {
  if (operation !== OperationTypeNode.QUERY) return false
  const visited = new Set<string>()
  const isOfSchema = (node: SelectionNode): boolean => {
    if (node.kind === Kind.FIELD) {
      return introspectionFields.has(node.name.value) || node.name.value === '__typename'
    }
    if (node.kind === Kind.INLINE_FRAGMENT) return node.selectionSet.selections.every(isOfSchema)
    const name = node.name.value
    if (visited.has(name)) return true
    visited.add(name)
    return fragments.get(name)?.selectionSet.selections.every(isOfSchema) ?? false
  }
  return selectionSet.selections.every(isOfSchema)
}

type Measure = (selectionSet: SelectionSetNode) => Shape

function measureOperation(node: OperationDefinitionNode, measure: Measure): Shape {
  const variables = node.variableDefinitions ?? []
  const own =
    countDirectives(node) + variables.reduce((sum, variable) => sum + countDirectives(variable), 0)
  const shape = measure(node.selectionSet)
  const signIns = node.operation === OperationTypeNode.MUTATION ? shape.signIns : 0
  return { ...shape, signIns, directives: shape.directives + own }
}

/** `known` caches the shapes of fragments. */
function createMeasure(
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  known: Map<string, Shape>,
): Measure {
  const measureFragment = (name: string): Shape => {
    const found = known.get(name)
    if (found) return found
    const node = fragments.get(name)
    if (!node) return nothing
    // A fragment that spreads itself finds this entry; validation refuses it later.
    known.set(name, nothing)
    const shape = measure(node.selectionSet)
    const measured = { ...shape, directives: shape.directives + countDirectives(node) }
    known.set(name, measured)
    return measured
  }
  const measureSelection = (node: SelectionNode): Shape => {
    const shape = measureWhole(node)
    return node.directives?.some(isCondition) ? { ...shape, signIns: 0 } : shape
  }
  const measureWhole = (node: SelectionNode): Shape => {
    const directives = countDirectives(node)
    if (node.kind === Kind.FRAGMENT_SPREAD)
      return besides(measureFragment(node.name.value), directives)
    const inner = node.selectionSet ? measure(node.selectionSet) : nothing
    if (node.kind === Kind.INLINE_FRAGMENT) return besides(inner, directives)
    const name = node.name.value
    return {
      fields: inner.fields + 1,
      depth: inner.depth + 1,
      aliases: inner.aliases + (node.alias ? 1 : 0),
      rootFields: 1,
      directives: inner.directives + directives,
      isIntrospecting: inner.isIntrospecting || introspectionFields.has(name),
      namedLists: inner.namedLists + (schemaListFields.has(name) ? 1 : 0),
      schemaLists: introspectionFields.has(name) ? inner.namedLists : inner.schemaLists,
      signIns: name === 'signIn' ? 1 : 0,
    }
  }
  const measure: Measure = ({ selections }) => selections.map(measureSelection).reduce(add, nothing)
  return measure
}

const countDirectives = ({ directives }: { readonly directives?: readonly unknown[] }): number =>
  directives?.length ?? 0

const isCondition = ({ name }: DirectiveNode): boolean =>
  name.value === 'skip' || name.value === 'include'

const besides = (shape: Shape, directives: number): Shape => ({
  ...shape,
  directives: shape.directives + directives,
})

const add = (left: Shape, right: Shape): Shape => ({
  fields: left.fields + right.fields,
  depth: Math.max(left.depth, right.depth),
  aliases: left.aliases + right.aliases,
  rootFields: left.rootFields + right.rootFields,
  directives: left.directives + right.directives,
  isIntrospecting: left.isIntrospecting || right.isIntrospecting,
  namedLists: left.namedLists + right.namedLists,
  schemaLists: left.schemaLists + right.schemaLists,
  signIns: left.signIns + right.signIns,
})

const largest = (left: Shape, right: Shape): Shape => ({
  fields: Math.max(left.fields, right.fields),
  depth: Math.max(left.depth, right.depth),
  aliases: Math.max(left.aliases, right.aliases),
  rootFields: Math.max(left.rootFields, right.rootFields),
  directives: Math.max(left.directives, right.directives),
  isIntrospecting: left.isIntrospecting || right.isIntrospecting,
  namedLists: Math.max(left.namedLists, right.namedLists),
  schemaLists: Math.max(left.schemaLists, right.schemaLists),
  signIns: Math.max(left.signIns, right.signIns),
})
