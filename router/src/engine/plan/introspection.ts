/** Removes introspection from a document: it is resolved from the API schema, never by a subgraph. */
import { Kind, visit, type DocumentNode, type FieldNode } from 'graphql'

const introspectionFields = new Set(['__schema', '__type'])

/**
 * The part of a document that subgraphs resolve; the same document where nothing is introspected. The planner's own
 * introspection types are older (they lack `__Type.isOneOf`), and expanding them would be wasted work.
 */
export function withoutIntrospection(document: DocumentNode): DocumentNode {
  const found = { any: false }
  const rest = visit(document, {
    Field: (node) => {
      if (!introspectionFields.has(node.name.value)) return undefined
      found.any = true
      const { alias, directives } = node
      const name = { kind: Kind.NAME, value: '__typename' } as const
      return { kind: Kind.FIELD, alias: alias ?? node.name, name, directives } as FieldNode
    },
  })
  if (!found.any) return document
  return {
    ...rest,
    definitions: rest.definitions.filter(
      (node) =>
        node.kind !== Kind.FRAGMENT_DEFINITION || !node.typeCondition.name.value.startsWith('__'),
    ),
  }
}
