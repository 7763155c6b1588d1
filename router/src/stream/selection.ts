import {
  type FieldNode,
  type FragmentDefinitionNode,
  getDirectiveValues,
  getNamedType,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  GraphQLSkipDirective,
  isObjectType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'

/** What a document asks of one object, in the order of the answer. */
export interface Selection {
  readonly fields: readonly SelectedField[]
  /** Objects that were written before: a price is written once for all streams that ask the same of it. */
  readonly written: WeakMap<object, string>
}

export interface SelectedField {
  /** The name under which it answers, as JSON, with its colon. */
  readonly label: string
  readonly name: string
  /** Present when the value is an object, or a list of them. */
  readonly inner: Selection | undefined
  /** The text that stands in every object; only the name of its type does. */
  readonly fixed: string | undefined
}

export interface Surroundings {
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  readonly variables: Readonly<Record<string, unknown>>
}

/** Lays a selection open: fragments, `@skip` and `@include` are settled, equal names are one field. */
export function compileSelection(
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
  around: Surroundings,
): Selection {
  const found = collectFields(sets, around)
  const fields = [...found].map(([label, nodes]) => compileField(type, label, nodes, around))
  return { fields, written: new WeakMap() }
}

/** The fields of some selections by the names under which they answer. */
export function collectFields(
  sets: readonly SelectionSetNode[],
  around: Surroundings,
): Map<string, FieldNode[]> {
  const found = new Map<string, FieldNode[]>()
  const visit = (node: SelectionNode): void => {
    if (!isIncluded(node, around)) return
    if (node.kind === Kind.FIELD) {
      const label = node.alias?.value ?? node.name.value
      found.set(label, [...(found.get(label) ?? []), node])
      return
    }
    const fragment =
      node.kind === Kind.INLINE_FRAGMENT ? node : around.fragments.get(node.name.value)
    fragment?.selectionSet.selections.forEach(visit)
  }
  for (const { selections } of sets) selections.forEach(visit)
  return found
}

function isIncluded(node: SelectionNode, { variables }: Surroundings): boolean {
  const skip = getDirectiveValues(GraphQLSkipDirective, node, variables)
  const include = getDirectiveValues(GraphQLIncludeDirective, node, variables)
  return skip?.['if'] !== true && include?.['if'] !== false
}

function compileField(
  type: GraphQLObjectType,
  label: string,
  nodes: readonly FieldNode[],
  around: Surroundings,
): SelectedField {
  const name = nodes[0]?.name.value ?? label
  const definition = type.getFields()[name]
  const named = definition && getNamedType(definition.type)
  const sets = nodes.flatMap(({ selectionSet }) => (selectionSet ? [selectionSet] : []))
  return {
    label: `${JSON.stringify(label)}:`,
    name,
    inner: isObjectType(named) ? compileSelection(named, sets, around) : undefined,
    fixed: definition ? undefined : JSON.stringify(type.name),
  }
}
