/**
 * Splits a query whose fields cannot be planned together. Two `@requires` of one type may select one field with
 * different arguments; the planner stores both values under one name, and one of them is lost. The fields are
 * planned as separate passes over the same query, whose data is merged afterwards.
 */
import {
  GraphQLError,
  Kind,
  OperationTypeNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'
import { coordinatesOf, type Requirements } from './requirements.ts'

/**
 * The documents to plan, one unless fields conflict. A mutation is never split, because it would run twice: one whose
 * fields conflict is refused, and so is a field whose own requirement contradicts itself.
 */
export function splitPasses(
  document: DocumentNode,
  schema: GraphQLSchema,
  { conflicts, contradictory }: Requirements,
): DocumentNode[] {
  if (conflicts.size === 0 && contradictory.size === 0) return [document]
  const used = usedFields(document, schema)
  for (const name of used) if (contradictory.has(name)) throw unplannable(name)
  const passOf = assignPasses(used, conflicts)
  const last = Math.max(0, ...passOf.values())
  if (last === 0) return [document]
  if (!isQueryOnly(document)) throw unplannable([...passOf.keys()].join(', '))
  const expanded = withoutSpreads(document)
  return Array.from({ length: last + 1 }, (_, pass) => onePass(expanded, schema, passOf, pass))
}

function isQueryOnly(document: DocumentNode): boolean {
  return document.definitions.every(
    (definition) =>
      definition.kind !== Kind.OPERATION_DEFINITION ||
      definition.operation === OperationTypeNode.QUERY,
  )
}

function unplannable(names: string): GraphQLError {
  return new GraphQLError(
    `The operation cannot be planned: ${names} need one field with different arguments.`,
    { extensions: { code: 'CONFLICTING_REQUIREMENTS', http: { status: 400 } } },
  )
}

function usedFields(document: DocumentNode, schema: GraphQLSchema): Set<string> {
  const used = new Set<string>()
  const typeInfo = new TypeInfo(schema)
  visit(
    document,
    visitWithTypeInfo(typeInfo, {
      Field: (node) => {
        for (const name of coordinates(node, typeInfo, schema)) used.add(name)
      },
    }),
  )
  return used
}

function coordinates(node: FieldNode, typeInfo: TypeInfo, schema: GraphQLSchema): string[] {
  const parent = typeInfo.getParentType()
  return parent ? coordinatesOf(schema, parent, node.name.value) : []
}

function assignPasses(
  used: ReadonlySet<string>,
  conflicts: Requirements['conflicts'],
): Map<string, number> {
  const passOf = new Map<string, number>()
  for (const name of used) {
    if (!conflicts.has(name)) continue
    const taken = new Set([...(conflicts.get(name) ?? [])].map((other) => passOf.get(other)))
    let pass = 0
    while (taken.has(pass)) pass += 1
    passOf.set(name, pass)
  }
  return passOf
}

function withoutSpreads(document: DocumentNode): DocumentNode {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      fragments.set(definition.name.value, definition)
    }
  }
  const expand = (set: SelectionSetNode): SelectionSetNode => ({
    ...set,
    selections: set.selections.map((selection) => expandSelection(selection, fragments, expand)),
  })
  return {
    ...document,
    definitions: document.definitions.flatMap((definition) =>
      definition.kind === Kind.OPERATION_DEFINITION
        ? [{ ...definition, selectionSet: expand(definition.selectionSet) }]
        : [],
    ),
  }
}

function expandSelection(
  selection: SelectionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  expand: (set: SelectionSetNode) => SelectionSetNode,
): SelectionNode {
  if (selection.kind !== Kind.FRAGMENT_SPREAD) {
    const { selectionSet } = selection
    return selectionSet ? { ...selection, selectionSet: expand(selectionSet) } : selection
  }
  const fragment = fragments.get(selection.name.value)
  if (!fragment) return selection
  return {
    kind: Kind.INLINE_FRAGMENT,
    typeCondition: fragment.typeCondition,
    directives: selection.directives ?? [],
    selectionSet: expand(fragment.selectionSet),
  }
}

/** The first pass keeps all but the fields of others; a later one keeps only its own and the way to them. */
function onePass(
  document: DocumentNode,
  schema: GraphQLSchema,
  passOf: ReadonlyMap<string, number>,
  pass: number,
): DocumentNode {
  const typeInfo = new TypeInfo(schema)
  const isEmpty = (set: SelectionSetNode | undefined) => set?.selections.length === 0
  return visit(
    document,
    visitWithTypeInfo(typeInfo, {
      Field: {
        leave: (node) => {
          const passes = coordinates(node, typeInfo, schema).flatMap(
            (name) => passOf.get(name) ?? [],
          )
          const isOwn = passes.includes(pass)
          if (passes.length > 0 && !isOwn) return null
          if (isEmpty(node.selectionSet)) return null
          return pass > 0 && !isOwn && !node.selectionSet ? null : undefined
        },
      },
      InlineFragment: {
        leave: (node) => (isEmpty(node.selectionSet) ? null : undefined),
      },
    }),
  )
}
