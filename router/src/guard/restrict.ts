import { type AccessRules, mayRead, type Viewer } from '@cnop/schema/access'
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionNode,
  separateOperations,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'

/** A document as one kind of viewer may run it: every field that is refused asks for `__typename` instead. */
export interface Restricted {
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  readonly refused: ReadonlySet<FieldNode>
  /** Nothing of it may be run. */
  readonly isWhollyRefused: boolean
}

/**
 * Takes out of a valid document what the viewer may not read. Each refused field keeps its place and its name in
 * the answer, so that it can be made null there. Undefined when nothing has to be taken out.
 */
export function restrict(
  source: DocumentNode,
  operationName: string | undefined,
  schema: GraphQLSchema,
  rules: AccessRules,
  viewer: Viewer,
): Restricted | undefined {
  const refused = new Set<FieldNode>()
  const types = new TypeInfo(schema)
  const replaced = visit(
    source,
    visitWithTypeInfo(types, {
      Field: (node) => {
        const parent = types.getParentType()?.name ?? ''
        if (isReadable(rules, viewer, parent, node.name.value)) return undefined
        const stand = standIn(node)
        refused.add(stand)
        return stand
      },
    }),
  )
  if (refused.size === 0) return undefined
  return describe(separateOperations(replaced)[operationName ?? ''] ?? replaced, refused)
}

/** A field that has no rule is refused: the build sees to it that there is none. */
function isReadable(rules: AccessRules, viewer: Viewer, parent: string, field: string): boolean {
  if (field.startsWith('__') || parent.startsWith('__')) return true
  return mayRead(rules.get(`${parent}.${field}`), viewer)
}

function standIn({ alias, name, directives }: FieldNode): FieldNode {
  return {
    kind: Kind.FIELD,
    alias: alias ?? name,
    name: { kind: Kind.NAME, value: '__typename' },
    ...(directives && { directives }),
  }
}

function describe(document: DocumentNode, refused: ReadonlySet<FieldNode>): Restricted | undefined {
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION)
  if (!operation) return undefined
  const fragments = new Map(
    document.definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [],
    ),
  )
  const roots = collectFields(operation.selectionSet.selections, fragments)
  const fields = [...roots.values()].flat()
  const isRefused = (field: FieldNode): boolean => refused.has(field)
  // A mutation runs as a whole or not at all: half of one is nothing that anybody asked for.
  const isWhollyRefused =
    operation.operation === OperationTypeNode.MUTATION
      ? fields.some(isRefused)
      : fields.every(isRefused)
  return { document, operation, fragments, refused, isWhollyRefused }
}

/** The fields of a selection by the name under which they answer, through fragments, each fragment once. */
export function collectFields(
  selections: readonly SelectionNode[],
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  found = new Map<string, FieldNode[]>(),
  seen = new Set<string>(),
): Map<string, FieldNode[]> {
  for (const node of selections) {
    if (node.kind === Kind.FIELD) addField(found, node)
    else if (node.kind === Kind.INLINE_FRAGMENT) {
      collectFields(node.selectionSet.selections, fragments, found, seen)
    } else if (!seen.has(node.name.value)) {
      seen.add(node.name.value)
      const fragment = fragments.get(node.name.value)
      if (fragment) collectFields(fragment.selectionSet.selections, fragments, found, seen)
    }
  }
  return found
}

function addField(found: Map<string, FieldNode[]>, field: FieldNode): void {
  const name = field.alias?.value ?? field.name.value
  found.set(name, [...(found.get(name) ?? []), field])
}
