/**
 * Representations: what an entity fetch tells its service about each entity, as JSON text. The text is also
 * what finds duplicates. Objects that lack a required field, or their type name, have none and are skipped:
 * whatever went wrong with them was reported by the fetch that should have brought the field.
 */
import type { GraphQLSchema } from 'graphql'
import type { FetchDataRewrite, QueryPlanSelectionNode } from '@apollo/query-planner'
import { isData, isList, read, write } from '../data.ts'
import type { Data } from '../data.ts'
import { mergeInto } from '../merge/merge.ts'
import { applyRewrites, isOfType } from '../merge/rewrites.ts'

export function plainRepresent(
  schema: GraphQLSchema,
  requires: readonly QueryPlanSelectionNode[],
  rewrites: readonly FetchDataRewrite[],
): (entity: Data) => string | undefined {
  return (entity) => {
    const representation = select(schema, requires, entity)
    if (!representation?.['__typename']) return undefined
    applyRewrites(schema, rewrites, representation)
    return JSON.stringify(representation)
  }
}

function select(
  schema: GraphQLSchema,
  selections: readonly QueryPlanSelectionNode[],
  source: Data,
): Data | undefined {
  const result: Data = {}
  for (const selection of selections) {
    if (selection.kind === 'Field') {
      const name = selection.alias ?? selection.name
      const value = read(source, name)
      if (value === undefined) return undefined
      write(result, name, selectValue(schema, selection.selections, value))
    } else if (selection.typeCondition && isOfType(schema, source, selection.typeCondition)) {
      const part = select(schema, selection.selections, source)
      if (part) mergeInto(result, part)
    }
  }
  return result
}

function selectValue(
  schema: GraphQLSchema,
  selections: readonly QueryPlanSelectionNode[] | undefined,
  value: unknown,
): unknown {
  if (!selections) return value
  if (isList(value)) return value.map((item) => selectValue(schema, selections, item))
  return isData(value) ? (select(schema, selections, value) ?? null) : null
}
