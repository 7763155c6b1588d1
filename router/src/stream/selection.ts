import {
  type FieldNode,
  getNamedType,
  type GraphQLObjectType,
  isObjectType,
  type SelectionSetNode,
} from 'graphql'
import { collectFields, type Fragments, selectionSetsOf } from '../operations/collect-fields.ts'

/** The selected fields of one object, in the order of the result. */
export interface Selection {
  readonly fields: readonly SelectedField[]
  /** Cached texts of objects: a price is serialised once for all streams with the same selection. */
  readonly written: WeakMap<object, string>
}

export interface SelectedField {
  /** The response name as JSON, with its colon. */
  readonly label: string
  readonly name: string
  /** Present when the value is an object, or a list of them. */
  readonly inner: Selection | undefined
  /** The constant text of every object: the name of its type. */
  readonly fixed: string | undefined
}

export interface Surroundings {
  readonly fragments: Fragments
  readonly variables: Readonly<Record<string, unknown>>
}

/** Expands fragments, applies `@skip` and `@include`, and merges fields with equal response names. */
export function compileSelection(
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
  around: Surroundings,
): Selection {
  const found = collectFields(sets, around)
  const fields = [...found].map(([label, nodes]) => compileField(type, label, nodes, around))
  return { fields, written: new WeakMap() }
}

function compileField(
  type: GraphQLObjectType,
  label: string,
  nodes: readonly FieldNode[],
  around: Surroundings,
): SelectedField {
  const name = nodes[0]?.name.value ?? label
  const definition = type.getFields()[name]
  const named = definition && getNamedType(definition.type)
  return {
    label: `${JSON.stringify(label)}:`,
    name,
    inner: isObjectType(named)
      ? compileSelection(named, selectionSetsOf(nodes), around)
      : undefined,
    fixed: definition ? undefined : JSON.stringify(type.name),
  }
}
