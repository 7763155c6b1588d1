/** Introspection fields are answered from the API schema, never by a subgraph. */
import { Kind, OperationTypeNode, executeSync, visit } from 'graphql'
import type { DocumentNode, FragmentDefinitionNode, GraphQLSchema } from 'graphql'
import type { VariableDefinitionNode } from 'graphql'
import { read } from './data.ts'
import type { Data } from './data.ts'
import type { Introspect } from './write/plain.ts'

export interface Introspected {
  readonly schema: GraphQLSchema
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>
  readonly variableDefinitions: readonly VariableDefinitionNode[]
}

export function introspector(source: Introspected, variables: Data): Introspect {
  return (field) => {
    const { data, errors } = executeSync({
      schema: source.schema,
      document: documentOf(source, field.nodes),
      variableValues: variables,
    })
    if (errors?.[0]) throw errors[0]
    return data ? read(data, field.input) : null
  }
}

function documentOf(source: Introspected, nodes: Parameters<Introspect>[0]['nodes']): DocumentNode {
  const fragments = Object.values(source.fragments)
  const used = new Set<string>()
  const note = { Variable: ({ name }: { name: { value: string } }) => void used.add(name.value) }
  for (const node of [...nodes, ...fragments]) visit(node, note)
  return {
    kind: Kind.DOCUMENT,
    definitions: [
      {
        kind: Kind.OPERATION_DEFINITION,
        operation: OperationTypeNode.QUERY,
        variableDefinitions: source.variableDefinitions.filter((definition) =>
          used.has(definition.variable.name.value),
        ),
        selectionSet: { kind: Kind.SELECTION_SET, selections: nodes },
      },
      ...fragments,
    ],
  }
}
