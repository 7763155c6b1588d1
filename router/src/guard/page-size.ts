/** The arguments of a list that say how long it is. */
import {
  type FieldNode,
  getNamedType,
  type GraphQLField,
  type GraphQLInputType,
  isInputObjectType,
  valueFromASTUntyped,
} from 'graphql'
import { hasVariables } from './argument-cost.ts'
import type { ListSize } from './limit-rules.ts'

type Variables = Readonly<Record<string, unknown>>

export interface Slice {
  /** Its name, or the path to it within an input. */
  readonly argument: string
  /** The size that it gives; a value that is neither a number nor a list is refused later, by its type. */
  readonly sizeWith: (variables: Variables) => number | undefined
}

export function slicesOf(
  { slicingArguments }: ListSize,
  definition: GraphQLField<unknown, unknown>,
  node: FieldNode,
): Slice[] {
  return slicingArguments.flatMap(([name = '', ...path]) => {
    const argument = definition.args.find((each) => each.name === name)
    if (!argument) return []
    const { type, defaultValue } = argument
    const fallback = sizeOf(valueAt(defaultValue, type, path))
    const given = node.arguments?.find((each) => each.name.value === name)?.value
    const sizeOfGiven = (variables?: Variables) =>
      given && sizeOf(valueAt(valueFromASTUntyped(given, variables) ?? defaultValue, type, path))
    const written = (given && !hasVariables(given) ? sizeOfGiven() : undefined) ?? fallback
    const isOpen = given !== undefined && hasVariables(given)
    return {
      argument: [name, ...path].join('.'),
      sizeWith: isOpen ? (variables) => sizeOfGiven(variables) ?? fallback : () => written,
    }
  })
}

/** The value at a path within an input, or its default. */
function valueAt(value: unknown, type: GraphQLInputType, path: readonly string[]): unknown {
  let found = value
  let at = getNamedType(type)
  for (const step of path) {
    if (typeof found !== 'object' || found === null || !isInputObjectType(at)) return undefined
    const field = at.getFields()[step]
    if (!field) return undefined
    found = (found as Variables)[step] ?? field.defaultValue
    at = getNamedType(field.type)
  }
  return found
}

function sizeOf(value: unknown): number | undefined {
  if (Array.isArray(value)) return value.length
  return typeof value === 'number' ? value : undefined
}
