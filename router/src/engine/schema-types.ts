/**
 * Questions about schema types: subtypes by name, and which values are valid for a leaf type. The latter follow the stock
 * gateway: custom scalars accept any JSON, an ID may be an integer, numbers must be finite.
 */
import {
  GraphQLBoolean,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  GraphQLString,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  type GraphQLLeafType,
  type GraphQLSchema,
} from 'graphql'
import { holdsInfinite, type Data } from './data.ts'

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

const isInteger = (value: unknown) => typeof value === 'bigint' || isIntegerNumber(value)
const isText = (value: unknown) => typeof value === 'string'

const isValid: Readonly<Record<LeafKind, (value: unknown, type: GraphQLLeafType) => boolean>> = {
  custom: (value) => !holdsInfinite(value),
  boolean: (value) => typeof value === 'boolean',
  int: isInteger,
  float: (value) => Number.isFinite(value) || typeof value === 'bigint',
  string: isText,
  id: (value) => isText(value) || isInteger(value),
  enum: (value, type) =>
    isEnumType(type) && typeof value === 'string' && type.getValue(value) !== undefined,
}

export function isValidLeaf(type: GraphQLLeafType, value: unknown): boolean {
  return isValid[leafKind(type)](value, type)
}

/** Finding the names that are similar to a wrong one takes time for each name of a type. */
const mostNames = 500

/** Whether a type of the schema has so many values or fields that suggesting one of them takes long. */
export function hasHugeType(schema: GraphQLSchema): boolean {
  return Object.values(schema.getTypeMap()).some((type) => {
    if (isEnumType(type)) return type.getValues().length > mostNames
    const hasFields = isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)
    return hasFields && Object.keys(type.getFields()).length > mostNames
  })
}

/** Whether an object is of a type, by its `__typename`; `isUnknownAccepted` decides for objects without one. */
export function isOfType(
  schema: GraphQLSchema,
  value: Data,
  condition: string,
  isUnknownAccepted = false,
): boolean {
  const name = value['__typename']
  if (typeof name !== 'string' || name === '') return isUnknownAccepted
  return name === condition || isSubTypeNamed(schema, condition, name)
}

/** Whether the first named type is an abstract type that the second belongs to. */
export function isSubTypeNamed(schema: GraphQLSchema, abstract: string, name: string): boolean {
  const type = schema.getType(name)
  const condition = schema.getType(abstract)
  if (!condition || !isAbstractType(condition)) return false
  return (isObjectType(type) || isInterfaceType(type)) && schema.isSubType(condition, type)
}

export function isInterfaceNamed(schema: GraphQLSchema, name: unknown): boolean {
  return typeof name === 'string' && isInterfaceType(schema.getType(name))
}
