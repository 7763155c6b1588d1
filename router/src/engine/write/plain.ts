/**
 * The reference writer: completes values as the specification says, propagates nulls, and notes why. It runs when the
 * generated writer gives up, and where code generation is forbidden.
 */
import {
  type GraphQLError,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isInterfaceType,
  isUnionType,
  type GraphQLLeafType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql'
import { isData, isList, read, write, type Data } from '../data.ts'
import { errorWithoutStack } from '../error-without-stack.ts'
import { isValidLeaf } from '../schema-types.ts'
import { openTurns } from '../turns.ts'
import { tooLarge } from './in-turns.ts'
import type { FieldShape, ObjectShape } from './shape.ts'

export interface PlainData {
  readonly data: Data | null
  /** Why values were nulled; reported only when there are no errors. */
  readonly notes: readonly GraphQLError[]
}

export type Introspect = (field: FieldShape) => unknown

/** A null whose reason has been noted, and a null that its parent may not hold. */
const notedNull = Symbol('noted null')
const violation = Symbol('null for a non-nullable type')

interface Writing {
  readonly schema: GraphQLSchema
  readonly introspect: Introspect
  readonly notes: GraphQLError[]
  readonly path: (string | number)[]
  /** Fields and items that were written so far; a note is as much work as several. */
  values: number
  /** After how many of them it stops. */
  stopAt: number
}

/** A promise where there is much to write: the event loop goes on meanwhile. */
export function writePlain(
  schema: GraphQLSchema,
  shape: ObjectShape,
  root: Data,
  introspect: Introspect,
): PlainData | Promise<PlainData> {
  const work = writeParts(schema, shape, root, introspect)
  for (let stops = 0; stops < mostStops; stops += 1) {
    const { done, value } = work.next()
    if (done) return value
  }
  return goOn(work)
}

async function goOn(work: Parts<PlainData>): Promise<PlainData> {
  const pause = openTurns()
  for (;;) {
    const { done, value } = work.next()
    if (done) return value
    await pause()
  }
}

/** Stops now and then on its way. */
type Parts<Value> = Generator<undefined, Value>

/** How many values are written between two stops. */
const stopEvery = 2_000
/** Stops before the event loop goes on. */
const mostStops = 10
/** A reply of empty objects has few bytes for each field that is selected on them. */
const mostValues = 8_000_000

function* writeParts(
  schema: GraphQLSchema,
  shape: ObjectShape,
  root: Data,
  introspect: Introspect,
): Parts<PlainData> {
  const writing: Writing = { schema, introspect, notes: [], path: [], values: 0, stopAt: 0 }
  const data = yield* writeFields(writing, shape, root)
  return { data: data === violation ? null : data, notes: writing.notes }
}

function* writeFields(
  writing: Writing,
  shape: ObjectShape,
  source: Data,
): Parts<Data | typeof violation> {
  const result: Data = {}
  for (const field of shape.fields) {
    if (countValue(writing)) yield
    const value = yield* writeField(writing, shape, field, source)
    if (value === violation) return violation
    write(result, field.output, value === notedNull ? null : value)
  }
  return result
}

/** Whether it is time to stop. */
function countValue(writing: Writing): boolean {
  writing.values += 1
  if (writing.values > mostValues) throw tooLarge()
  if (writing.values < writing.stopAt) return false
  writing.stopAt = writing.values + stopEvery
  return true
}

function* writeField(
  writing: Writing,
  shape: ObjectShape,
  field: FieldShape,
  source: Data,
): Parts<unknown> {
  if (field.kind === 'introspection') return writing.introspect(field)
  if (field.kind === 'typename') return shape.isObject ? shape.typeName : violation
  writing.path.push(field.output)
  const value = field.type
    ? yield* complete(writing, shape, field, field.type, valueOf(field, source))
    : null
  writing.path.pop()
  return value
}

function valueOf({ isRefused, input }: FieldShape, source: Data): unknown {
  return isRefused ? null : (read(source, input) ?? null)
}

function* complete(
  writing: Writing,
  shape: ObjectShape,
  field: FieldShape,
  type: GraphQLOutputType,
  value: unknown,
): Parts<unknown> {
  if (isNonNullType(type)) {
    const inner = yield* complete(writing, shape, field, type.ofType, value)
    if (inner === null) {
      note(writing, `Cannot return null for non-nullable ${where(writing, shape, type.ofType)}.`)
    }
    return inner === null || inner === notedNull ? violation : inner
  }
  if (value === null || value === undefined) return null
  if (isListType(type)) return yield* completeList(writing, shape, field, type.ofType, value)
  if (isLeafType(type)) return completeLeaf(writing, shape, type, value)
  return yield* completeObject(writing, shape, field, type, value)
}

function* completeList(
  writing: Writing,
  shape: ObjectShape,
  field: FieldShape,
  type: GraphQLOutputType,
  value: unknown,
): Parts<unknown> {
  if (!isList(value)) return invalid(writing, shape, type)
  const items: unknown[] = []
  for (const [index, item] of value.entries()) {
    writing.path.push(index)
    items.push(yield* complete(writing, shape, field, type, item))
    writing.path.pop()
    if (countValue(writing)) yield
  }
  if (items.includes(violation)) return notedNull
  return items.map((item) => (item === notedNull ? null : item))
}

function completeLeaf(
  writing: Writing,
  shape: ObjectShape,
  type: GraphQLLeafType,
  value: unknown,
): unknown {
  return isValidLeaf(type, value) ? value : invalid(writing, shape, type)
}

function* completeObject(
  writing: Writing,
  shape: ObjectShape,
  field: FieldShape,
  type: GraphQLOutputType,
  value: unknown,
): Parts<unknown> {
  if (!isData(value)) return invalid(writing, shape, type)
  const typeName = read(value, '__typename') ?? String(type)
  const found = typeof typeName === 'string' ? writing.schema.getType(typeName) : undefined
  if (!isObjectType(found) && !isInterfaceType(found) && !isUnionType(found)) {
    // The name may be inaccessible to clients, so the message omits it.
    note(writing, `Invalid __typename found for object at ${where(writing, shape, type)}.`)
    return notedNull
  }
  const result = yield* writeFields(writing, field.below(found.name), value)
  return result === violation ? notedNull : result
}

function invalid(writing: Writing, shape: ObjectShape, type: GraphQLOutputType): symbol {
  note(writing, `Invalid value found for ${where(writing, shape, type)}.`)
  return notedNull
}

const valuesPerNote = 20
/** The most notes of one result. */
const mostNotes = 1_000

function note(writing: Writing, message: string): void {
  if (writing.notes.length >= mostNotes) return
  writing.values += valuesPerNote
  const options = { path: [...writing.path], extensions: { code: 'INVALID_GRAPHQL' } }
  writing.notes.push(errorWithoutStack(message, options))
}

function where(writing: Writing, shape: ObjectShape, type: GraphQLOutputType): string {
  const last = writing.path.at(-1)
  return typeof last === 'number'
    ? `array element of type ${String(type)} at index ${last}`
    : `field ${shape.typeName}.${String(last)}`
}
