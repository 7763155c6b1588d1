/**
 * What a scanner expects at each position of a reply: the shape that the client selected, with names as bytes. Nodes are
 * made when the first reply reaches their position.
 */
import {
  isEnumType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql'
import { leafKind, type LeafKind } from '../../schema-types.ts'
import type { FieldShape, ObjectShape } from '../shape.ts'

/** The scanner cannot pass the reply on as it is. */
export class Unfit extends Error {
  override readonly name = 'Unfit'
}

const unfitReply = new Unfit('The reply must be parsed.')

export function unfit(): never {
  throw unfitReply
}

/** The scanner has a reader for each, in this order. */
export const kinds = {
  object: 0,
  abstract: 1,
  list: 2,
  typename: 3,
  boolean: 4,
  int: 5,
  float: 6,
  string: 7,
  id: 8,
  enum: 9,
  custom: 10,
  anything: 11,
} as const satisfies Record<
  LeafKind | 'object' | 'abstract' | 'list' | 'typename' | 'anything',
  number
>

/** All nodes have the same members, so that the scanner's code meets one form of object. */
export interface ValueNode {
  readonly kind: number
  readonly isNullable: boolean
  /** Of a list. */
  readonly item: ValueNode | undefined
  /** Of an object or abstract type, by the name of the concrete type. */
  readonly objectOf: ((typeName: string) => ObjectNode) | undefined
  /** Of an object type. */
  readonly typeName: string
  /** The names of an enum. */
  readonly values: ReadonlySet<string> | undefined
  /** The only text that a type name may have, with its quotes. */
  readonly text: Buffer | undefined
}

export interface ObjectNode {
  /** The name of the type, with its quotes. */
  readonly typeName: Buffer
  readonly members: readonly MemberNode[]
}

export interface MemberNode {
  /** The name in the reply, with its quotes. */
  readonly name: Buffer
  /** The name in the result, where it differs. */
  readonly output: Buffer | undefined
  /** The text of a `__typename`, which the reply may have elsewhere. */
  readonly constant: Buffer | undefined
  readonly value: ValueNode
}

type Details = Partial<Omit<ValueNode, 'kind' | 'isNullable'>>

/** One literal makes all nodes: they have one form. */
export function makeNode(
  kind: number,
  isNullable: boolean,
  { item, objectOf, typeName = '', values, text }: Details,
): ValueNode {
  return { kind, isNullable, item, objectOf, typeName, values, text }
}

/** A value that the result does not show. Its items are such values, too. */
export const anything: ValueNode = {
  ...makeNode(kinds.anything, false, {}),
  get item() {
    return anything
  },
}
/** Stands for an object in it. */
export const anyObject: ObjectNode = { typeName: Buffer.from(''), members: [] }

/** Throws Unfit where a result of the shape needs more than its reply. */
export function objectNode(schema: GraphQLSchema, shape: ObjectShape): ObjectNode {
  const typeName = quoted(shape.typeName)
  return {
    typeName,
    members: shape.fields.map((field) => memberNode(schema, shape, field, typeName)),
  }
}

function memberNode(
  schema: GraphQLSchema,
  { isObject }: ObjectShape,
  field: FieldShape,
  typeName: Buffer,
): MemberNode {
  const { kind, input, output, type } = field
  const name = quoted(input)
  const renamed = output === input ? undefined : quoted(output)
  if (kind === 'typename') {
    // A type that exists only as an interface has no name to return.
    if (!isObject) unfit()
    const value = makeNode(kinds.typename, false, { text: typeName })
    const constant = Buffer.concat([renamed ?? name, Buffer.from(':'), typeName])
    return { name, output: renamed, constant, value }
  }
  if (!type || kind === 'introspection' || field.isRefused || input === '__typename') return unfit()
  return { name, output: renamed, constant: undefined, value: valueNode(schema, field, type) }
}

function valueNode(schema: GraphQLSchema, field: FieldShape, type: GraphQLOutputType): ValueNode {
  const isNullable = !isNonNullType(type)
  const present = isNonNullType(type) ? type.ofType : type
  if (isListType(present)) {
    return makeNode(kinds.list, isNullable, { item: valueNode(schema, field, present.ofType) })
  }
  if (isLeafType(present)) {
    const values = isEnumType(present) ? present.getValues().map(({ name }) => name) : undefined
    return makeNode(kinds[leafKind(present)], isNullable, { values: values && new Set(values) })
  }
  const known = new Map<string, ObjectNode>()
  const objectOf = (name: string): ObjectNode => {
    const made = known.get(name) ?? concreteNode(schema, field, name)
    known.set(name, made)
    return made
  }
  const kind = isObjectType(present) ? kinds.object : kinds.abstract
  return makeNode(kind, isNullable, { typeName: present.name, objectOf })
}

function concreteNode(schema: GraphQLSchema, field: FieldShape, typeName: string): ObjectNode {
  const type = schema.getType(typeName)
  if (!isObjectType(type) && !isInterfaceType(type)) return unfit()
  return objectNode(schema, field.below(typeName))
}

function quoted(name: string): Buffer {
  return Buffer.from(JSON.stringify(name))
}
