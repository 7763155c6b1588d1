/** Which fields of the supergraph a fetch reads: what decides whether it needs an identity at all. */
import { TypeInfo, parse, visit, visitWithTypeInfo } from 'graphql'
import type { GraphQLSchema } from 'graphql'
import type { FetchUnit } from './graph.ts'

export interface FetchFields {
  readonly service: string
  /** `Type.field`, for every field but `__typename` and `_entities`; `?.field` when the type is unknown. */
  readonly fields: readonly string[]
}

export function fetchFields(supergraph: GraphQLSchema, unit: FetchUnit): FetchFields {
  const fields = new Set<string>()
  const typeInfo = new TypeInfo(supergraph)
  visit(
    parse(unit.text, { noLocation: true }),
    visitWithTypeInfo(typeInfo, {
      Field: (node) => {
        const name = node.name.value
        if (name === '__typename' || name === '_entities') return
        fields.add(`${typeInfo.getParentType()?.name ?? '?'}.${name}`)
      },
    }),
  )
  return { service: unit.service, fields: [...fields] }
}
