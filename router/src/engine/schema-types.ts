/**
 * Which values may stand for a leaf type in an answer: the stock gateway's rules. Custom scalars take any
 * JSON; an ID may be an integer; numbers must be finite.
 */
import {
  GraphQLBoolean,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  GraphQLString,
  isEnumType,
} from 'graphql'
import type { GraphQLLeafType } from 'graphql'

export type LeafKind = 'boolean' | 'int' | 'float' | 'string' | 'id' | 'enum' | 'custom'

const kinds: ReadonlyMap<string, LeafKind> = new Map([
  [GraphQLBoolean.name, 'boolean'],
  [GraphQLInt.name, 'int'],
  [GraphQLFloat.name, 'float'],
  [GraphQLString.name, 'string'],
  [GraphQLID.name, 'id'],
])

export function leafKind(type: GraphQLLeafType): LeafKind {
  if (isEnumType(type)) return 'enum'
  return kinds.get(type.name) ?? 'custom'
}

const integer = /^-?(?:0|[1-9][0-9]*)$/

/** Whether a number is written as an integer: huge ones are not, because they get an exponent. */
export function isIntegerNumber(value: unknown): value is number {
  return typeof value === 'number' && integer.test(String(value))
}

const isText = (value: unknown) => typeof value === 'string'

const isValid: Readonly<Record<LeafKind, (value: unknown, type: GraphQLLeafType) => boolean>> = {
  custom: () => true,
  boolean: (value) => typeof value === 'boolean',
  int: isIntegerNumber,
  float: (value) => Number.isFinite(value),
  string: isText,
  id: (value) => isText(value) || isIntegerNumber(value),
  enum: (value, type) =>
    isEnumType(type) && typeof value === 'string' && type.getValue(value) !== undefined,
}

export function isValidLeaf(type: GraphQLLeafType, value: unknown): boolean {
  return isValid[leafKind(type)](value, type)
}
