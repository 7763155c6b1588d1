import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'

/** How large an operation is with its fragments laid open. */
export interface Shape {
  readonly fields: number
  readonly depth: number
  readonly aliases: number
  readonly rootFields: number
  readonly directives: number
  readonly isIntrospecting: boolean
  readonly signIns: number
}

const nothing: Shape = {
  fields: 0,
  depth: 0,
  aliases: 0,
  rootFields: 0,
  directives: 0,
  isIntrospecting: false,
  signIns: 0,
}

const introspectionFields = new Set(['__schema', '__type'])

/**
 * Measures the largest operation of a document, without a schema and before anything is validated. A fragment is
 * measured once, however often it is spread, so that the time is that of the text and not of what it unfolds to.
 */
export function measureShape({ definitions }: DocumentNode): Shape {
  const fragments = new Map(
    definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [],
    ),
  )
  const measure = createMeasure(fragments)
  const operations = definitions.flatMap((node) =>
    node.kind === Kind.OPERATION_DEFINITION ? [measureOperation(node, measure)] : [],
  )
  // Fragments that nothing spreads are validated all the same.
  const spare = [...fragments.values()].map((node) => ({
    ...measure(node.selectionSet),
    rootFields: 0,
  }))
  return [...operations, ...spare].reduce(largest, nothing)
}

type Measure = (selectionSet: SelectionSetNode) => Shape

function measureOperation(node: OperationDefinitionNode, measure: Measure): Shape {
  const variables = node.variableDefinitions ?? []
  const own =
    countDirectives(node) + variables.reduce((sum, variable) => sum + countDirectives(variable), 0)
  const shape = measure(node.selectionSet)
  return { ...shape, directives: shape.directives + own }
}

function createMeasure(fragments: ReadonlyMap<string, FragmentDefinitionNode>): Measure {
  const known = new Map<string, Shape>()
  const measureFragment = (name: string): Shape => {
    const found = known.get(name)
    if (found) return found
    const node = fragments.get(name)
    if (!node) return nothing
    // A fragment that spreads itself meets this entry; validation refuses it afterwards.
    known.set(name, nothing)
    const shape = measure(node.selectionSet)
    const measured = { ...shape, directives: shape.directives + countDirectives(node) }
    known.set(name, measured)
    return measured
  }
  const measureSelection = (node: SelectionNode): Shape => {
    const directives = countDirectives(node)
    if (node.kind === Kind.FRAGMENT_SPREAD)
      return besides(measureFragment(node.name.value), directives)
    const inner = node.selectionSet ? measure(node.selectionSet) : nothing
    if (node.kind === Kind.INLINE_FRAGMENT) return besides(inner, directives)
    const name = node.name.value
    return {
      fields: inner.fields + 1,
      depth: introspectionFields.has(name) ? 1 : inner.depth + 1,
      aliases: inner.aliases + (node.alias ? 1 : 0),
      rootFields: 1,
      directives: inner.directives + directives,
      isIntrospecting: inner.isIntrospecting || introspectionFields.has(name),
      signIns: inner.signIns + (name === 'signIn' ? 1 : 0),
    }
  }
  const measure: Measure = ({ selections }) => selections.map(measureSelection).reduce(add, nothing)
  return measure
}

const countDirectives = ({ directives }: { readonly directives?: readonly unknown[] }): number =>
  directives?.length ?? 0

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
  signIns: left.signIns + right.signIns,
})

const largest = (left: Shape, right: Shape): Shape => ({
  fields: Math.max(left.fields, right.fields),
  depth: Math.max(left.depth, right.depth),
  aliases: Math.max(left.aliases, right.aliases),
  rootFields: Math.max(left.rootFields, right.rootFields),
  directives: Math.max(left.directives, right.directives),
  isIntrospecting: left.isIntrospecting || right.isIntrospecting,
  signIns: Math.max(left.signIns, right.signIns),
})
