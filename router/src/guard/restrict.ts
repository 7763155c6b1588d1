import { type AccessRules, mayRead, type Viewer } from '@cnop/schema/access'
import {
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  separateOperations,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import { collectFields, type Fragments, fragmentsOf } from '../operations/collect-fields.ts'

/** A document as one kind of viewer may run it: `__typename` replaces every refused field. */
export interface Restricted {
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
  readonly fragments: Fragments
  readonly refused: ReadonlySet<FieldNode>
  /** No part of it may be executed. */
  readonly isWhollyRefused: boolean
}

/**
 * Removes from a valid document what the viewer may not read. Each refused field keeps its position and name in the
 * result, where it becomes null. Undefined when nothing has to be removed.
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

/** A field without a rule is refused; the schema build allows none. */
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
  const fragments = fragmentsOf(document)
  const roots = collectFields([operation.selectionSet], { fragments })
  const fields = [...roots.values()].flat()
  const isRefused = (field: FieldNode): boolean => refused.has(field)
  // A mutation runs as a whole or not at all.
  const isWhollyRefused =
    operation.operation === OperationTypeNode.MUTATION
      ? fields.some(isRefused)
      : fields.every(isRefused)
  return { document, operation, fragments, refused, isWhollyRefused }
}
