import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getDirectiveValues,
  type GraphQLDirective,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'

export type Fragments = ReadonlyMap<string, FragmentDefinitionNode>

export const fragmentsOf = ({ definitions }: DocumentNode): Fragments =>
  new Map(
    definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [],
    ),
  )

/** The name of a field in the result. */
export const responseNameOf = ({ alias, name }: FieldNode): string => (alias ?? name).value

interface Walk<Parent> {
  readonly fragments: Fragments
  /** With variables, `@skip` and `@include` are applied; without, all fields count. */
  readonly variables?: Readonly<Record<string, unknown>>
  /** The parent of the fields in a fragment with this type condition. */
  readonly narrow?: (parent: Parent, typeName: string) => Parent
}

/** Visits the fields of one object through fragments, each named fragment once. */
export function visitFields<Parent>(
  parent: Parent,
  sets: readonly SelectionSetNode[],
  { fragments, variables, narrow = (same) => same }: Walk<Parent>,
  visit: (field: FieldNode, parent: Parent) => void,
): void {
  const seen = new Set<string>()
  const walk = (at: Parent, { selections }: SelectionSetNode): void => {
    for (const node of selections) {
      if (variables && !isIncluded(node, variables)) continue
      if (node.kind === Kind.FIELD) {
        visit(node, at)
        continue
      }
      if (node.kind === Kind.FRAGMENT_SPREAD) {
        if (seen.has(node.name.value)) continue
        seen.add(node.name.value)
      }
      const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : fragments.get(node.name.value)
      if (!fragment) continue
      const { typeCondition, selectionSet } = fragment
      walk(typeCondition ? narrow(at, typeCondition.name.value) : at, selectionSet)
    }
  }
  for (const set of sets) walk(parent, set)
}

/** The fields of one object by response name, in the order of the result. */
export function collectFields(
  sets: readonly SelectionSetNode[],
  walk: Pick<Walk<undefined>, 'fragments' | 'variables'>,
): Map<string, FieldNode[]> {
  const found = new Map<string, FieldNode[]>()
  visitFields(undefined, sets, walk, (field) => {
    const name = responseNameOf(field)
    const fields = found.get(name)
    if (fields) fields.push(field)
    else found.set(name, [field])
  })
  return found
}

/** The selection sets of fields that share one response name. */
export const selectionSetsOf = (fields: readonly FieldNode[]): SelectionSetNode[] =>
  fields.flatMap(({ selectionSet }) => (selectionSet ? [selectionSet] : []))

function isIncluded(node: SelectionNode, variables: Readonly<Record<string, unknown>>): boolean {
  const conditionOf = (directive: GraphQLDirective): unknown => {
    try {
      return getDirectiveValues(directive, node, variables)?.['if']
    } catch {
      // A variable that is null: the executor refuses the operation.
      return undefined
    }
  }
  return (
    conditionOf(GraphQLSkipDirective) !== true && conditionOf(GraphQLIncludeDirective) !== false
  )
}
