/**
 * Keeps number literals of custom scalars as the client wrote them. The planner reads them as doubles, which changes
 * 9007199254740993 and `-0`, and fails at 1e400: they pass it as marked strings.
 */
import type { QueryPlan } from '@apollo/query-planner'
import {
  isScalarType,
  isSpecifiedScalarType,
  getNamedType,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type FloatValueNode,
  type GraphQLInputType,
  type GraphQLSchema,
  type IntValueNode,
  type StringValueNode,
} from 'graphql'

/** Random per process, so that no document contains it. */
const mark = `${crypto.randomUUID()}:`
const marked = new RegExp(`"${mark}([-+.0-9eE]+)"`, 'g')

/** A digit that belongs to no name. */
const number = /(?<!\w)\d/

/** The same document where each number of a custom scalar is one that a double holds. */
export function markNumbers(document: DocumentNode, schema: GraphQLSchema): DocumentNode {
  const text = document.loc?.source.body
  if (text !== undefined && !number.test(text)) return document
  const found = { any: false }
  const note = ({ value }: IntValueNode | FloatValueNode) => {
    found.any ||= !isKept(value)
  }
  visit(document, { IntValue: note, FloatValue: note })
  if (!found.any) return document
  const typeInfo = new TypeInfo(schema)
  const markNumber = (node: IntValueNode | FloatValueNode): StringValueNode | undefined =>
    isKept(node.value) || !isCustom(typeInfo.getInputType())
      ? undefined
      : { kind: Kind.STRING, value: `${mark}${node.value}` }
  return visit(
    document,
    visitWithTypeInfo(typeInfo, { IntValue: markNumber, FloatValue: markNumber }),
  )
}

/** Whether the planner writes the same text. */
const isKept = (text: string): boolean => text !== '-0' && String(Number(text)) === text

/** Within the literal of a custom scalar, nothing has a type. */
function isCustom(type: GraphQLInputType | null | undefined): boolean {
  if (!type) return true
  const named = getNamedType(type)
  return isScalarType(named) && !isSpecifiedScalarType(named)
}

/** Puts the numbers back into the operations of a plan. */
export function restoreNumbers(plan: QueryPlan): QueryPlan {
  return restore(plan) as QueryPlan
}

function restore(value: unknown): unknown {
  // The next token may begin at once behind a string, but not behind a number.
  if (typeof value === 'string') return value.replaceAll(marked, '$1 ')
  if (Array.isArray(value)) return value.map(restore)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, restore(inner)]))
}
