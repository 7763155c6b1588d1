/**
 * Splits a query whose fields cannot be planned together. Two `@requires` of one type may want one field with
 * different arguments; the planner lays both values in one place and one of them is lost. The fields are
 * planned as separate passes over the same query, whose data is merged afterwards.
 */
import {
  Kind,
  OperationTypeNode,
  TypeInfo,
  isInterfaceType,
  visit,
  visitWithTypeInfo,
  print,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'
import type { Requirement } from './requirements.ts'

export interface Conflicts {
  /** `Type.field`, to the fields that it cannot be planned with. */
  readonly between: ReadonlyMap<string, ReadonlySet<string>>
  /** Names of the fields that are wanted with different arguments. */
  readonly contested: ReadonlySet<string>
}

export function findConflicts(requirements: readonly Requirement[]): Conflicts {
  const between = new Map<string, Set<string>>()
  const contested = new Set<string>()
  const wanted = requirements.map((each) => ({ ...each, fields: fieldsWanted(each.selections) }))
  for (const left of wanted) {
    for (const right of wanted) {
      if (left === right || left.typeName !== right.typeName) continue
      const clashing = [...left.fields].filter(([path, text]) => {
        const other = right.fields.get(path)
        return other !== undefined && other !== text
      })
      if (clashing.length === 0) continue
      for (const [path] of clashing) contested.add(path.slice(path.lastIndexOf('.') + 1))
      const name = `${left.typeName}.${left.fieldName}`
      const others = between.get(name) ?? new Set()
      between.set(name, others.add(`${right.typeName}.${right.fieldName}`))
    }
  }
  return { between, contested }
}

/** The fields of a requirement by their path, each with its arguments as text. */
function fieldsWanted(selections: SelectionSetNode, prefix = ''): Map<string, string> {
  const fields = new Map<string, string>()
  for (const selection of selections.selections) {
    if (selection.kind !== Kind.FIELD) continue
    const path = `${prefix}.${selection.name.value}`
    fields.set(path, (selection.arguments ?? []).map(print).join())
    const below = selection.selectionSet && fieldsWanted(selection.selectionSet, path)
    for (const [inner, text] of below ?? []) fields.set(inner, text)
  }
  return fields
}

/** The documents to plan, one unless fields conflict. Mutations are never split: they would run twice. */
export function splitPasses(
  document: DocumentNode,
  schema: GraphQLSchema,
  { between }: Conflicts,
): DocumentNode[] {
  if (between.size === 0 || !isQueryOnly(document)) return [document]
  const passOf = assignPasses(usedFields(document, schema, between), between)
  const last = Math.max(0, ...passOf.values())
  if (last === 0) return [document]
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

function usedFields(
  document: DocumentNode,
  schema: GraphQLSchema,
  between: Conflicts['between'],
): Set<string> {
  const used = new Set<string>()
  const typeInfo = new TypeInfo(schema)
  visit(
    document,
    visitWithTypeInfo(typeInfo, {
      Field: (node) => {
        for (const name of coordinates(node, typeInfo, schema))
          if (between.has(name)) used.add(name)
      },
    }),
  )
  return used
}

/** A field of an interface stands for the field of each of its types. */
function coordinates(node: FieldNode, typeInfo: TypeInfo, schema: GraphQLSchema): string[] {
  const parent = typeInfo.getParentType()
  if (!parent) return []
  const types = isInterfaceType(parent) ? [parent, ...schema.getPossibleTypes(parent)] : [parent]
  return types.map((type) => `${type.name}.${node.name.value}`)
}

function assignPasses(
  used: ReadonlySet<string>,
  between: Conflicts['between'],
): Map<string, number> {
  const passOf = new Map<string, number>()
  for (const name of used) {
    const taken = new Set([...(between.get(name) ?? [])].map((other) => passOf.get(other)))
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
