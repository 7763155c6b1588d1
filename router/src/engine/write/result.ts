/**
 * Writes the result of a request from the data of its calls: with the generated writer, or with the plain writer where
 * that gives up. Writers are compiled per combination of @skip and @include values, so they hold no conditions.
 */
import {
  GraphQLError,
  Kind,
  OperationTypeNode,
  executeSync,
  getNamedType,
  isAbstractType,
  isLeafType,
  visit,
  type GraphQLSchema,
  type DocumentNode,
  type FieldNode,
} from 'graphql'
import type { Run } from '../call/run.ts'
import { read, type Data, jsonText } from '../data.ts'
import { whenNeeded } from '../generate.ts'
import { createLimitedMap } from '../limited-map.ts'
import type { ClientOperation } from '../plan/client-operation.ts'
import type { InternRules } from '../plan/intern.ts'
import { bodyOf, bodyOfBytes, type Body } from './body.ts'
import { compileWriter, type TextWriter } from './generated.ts'
import { writeInTurns, type WriteObject } from './in-turns.ts'
import { jsonInTurns } from './json-in-turns.ts'
import { writePlain, type Introspect, type PlainData } from './plain.ts'
import { compileScanner, type Scanner } from './scan/scanner.ts'
import { objectShape, type FieldShape, type ObjectShape } from './shape.ts'

/** The outcome of an operation, which several requests may share: each gets its own view of the body. */
export interface Result {
  /** Null when a null propagated up to the root; absent when the operation was not executed. */
  readonly body: Body | null | undefined
  readonly errors: readonly GraphQLError[]
  /** Why values were nulled, apart from errors. */
  readonly notes: readonly GraphQLError[]
}

interface Writers {
  readonly shape: ObjectShape
  readonly names: readonly string[]
  readonly text: () => TextWriter | undefined
  readonly scanner: Scanner | undefined
  /** For fields that no call brings. */
  readonly missing: readonly GraphQLError[]
}

/** Clients choose the combinations; few are in use at a time. */
export const mostCombinations = 16

export interface WriteSetting {
  readonly isGenerated: boolean
  /** Paths whose equal objects are interned: their text is written once. */
  readonly interned: InternRules
  /** Fields that the caller may not read. */
  readonly refused: ReadonlySet<FieldNode>
  /** The fields of the root type that some call brings. */
  readonly fetched: ReadonlySet<string>
  /** The data of the result is that of one reply. */
  readonly isWhole: boolean
}

export interface ResultWriter {
  /** A promise where the result is large. */
  readonly write: (run: Run) => Result | Promise<Result>
  /** Compiles the writers for the values of @skip and @include variables ahead of the first request. */
  readonly prepare: (coerced: Data) => void
  /** Passes the only reply of the operation on. */
  readonly scannerFor: (coerced: Data) => Scanner | undefined
}

export function compileResult(
  source: ClientOperation,
  schema: GraphQLSchema,
  setting: WriteSetting,
): ResultWriter {
  const combinations = createLimitedMap<Writers>(mostCombinations)
  const writersFor = (coerced: Data): Writers => {
    const key = combinationKey(source.conditionVariables, coerced)
    let writers = combinations.get(key)
    if (!writers) {
      writers = compileWriters(source, schema, coerced, setting)
      combinations.set(key, writers)
    }
    return writers
  }
  return {
    write: (run) => writeResult(source, schema, writersFor(run.coerced), run),
    prepare: (coerced) => void writersFor(coerced).text(),
    scannerFor: (coerced) =>
      setting.isWhole && hasConditions(source.conditionVariables, coerced)
        ? writersFor(coerced).scanner
        : undefined,
  }
}

/** Without the value of a condition, the operation fails when its result is written. */
function hasConditions(names: readonly string[], variables: Data): boolean {
  return names.every((name) => (read(variables, name) ?? null) !== null)
}

function combinationKey(names: readonly string[], variables: Data): string {
  let key = ''
  for (const name of names) {
    const value = read(variables, name)
    if (value === null || value === undefined) {
      throw new GraphQLError(`The condition "$${name}" of type "Boolean!" must not be null.`, {
        extensions: { code: 'BAD_USER_INPUT' },
      })
    }
    key += value === true ? '1' : '0'
  }
  return key
}

function rootShape(
  source: ClientOperation,
  schema: GraphQLSchema,
  conditions: Data,
  refused: ReadonlySet<FieldNode> = new Set(),
): ObjectShape {
  const root = schema.getRootType(source.operation.operation)
  if (!root) throw new Error('The schema has no such root type.')
  const { fragments, outputNames } = source
  return objectShape(
    { schema, fragments, conditions: { ...conditions }, outputNames, refused },
    root.name,
    [source.operation.selectionSet],
  )
}

function compileWriters(
  source: ClientOperation,
  schema: GraphQLSchema,
  conditions: Data,
  { isGenerated, interned, refused, fetched, isWhole }: WriteSetting,
): Writers {
  const shape = rootShape(source, schema, conditions, refused)
  return {
    shape,
    scanner: isWhole ? compileScanner(schema, shape) : undefined,
    names: shape.fields.map((field) => field.output),
    text: whenNeeded(() => (isGenerated ? compileWriter(schema, shape, interned) : undefined)),
    missing: shape.fields
      .filter((field) => !fetched.has(field.input) && hasSelection(schema, field))
      .map(({ output }) => noServiceFor(output)),
  }
}

/** A field below which every selection is skipped needs no call. */
function hasSelection(schema: GraphQLSchema, { kind, type, below }: FieldShape): boolean {
  if (kind !== 'value' || !type) return false
  const named = getNamedType(type)
  if (isLeafType(named)) return true
  const possible = isAbstractType(named) ? schema.getPossibleTypes(named) : []
  return [named, ...possible].some(({ name }) => below(name).fields.length > 0)
}

/** The planner leaves out a field without a word when no service can resolve what is selected below it. */
function noServiceFor(name: string): GraphQLError {
  return new GraphQLError(`No service resolves the field "${name}".`, {
    path: [name],
    extensions: { code: 'SUBGRAPH_UNAVAILABLE' },
  })
}

/** Results of replies with more characters are written in turns. */
const mostAtOnce = 1024 * 1024

function writeResult(
  source: ClientOperation,
  schema: GraphQLSchema,
  writers: Writers,
  run: Run,
): Result | Promise<Result> {
  const { names, missing } = writers
  // Nothing of the operation can be answered, so that it has no data, as when it is refused.
  if (missing.length > 0 && missing.length === names.length) {
    return { body: null, errors: errorsOf(writers, run), notes: [] }
  }
  if (run.scanned) {
    const body: Body = { bytes: run.scanned, encoding: 'utf8', names }
    return { body, errors: errorsOf(writers, run), notes: [] }
  }
  const text = writers.text()
  if (text && run.size > mostAtOnce) return writeLarge(source, schema, writers, run)
  const written = text?.write(run.root, run.isPlain)
  if (written === null) return writeLarge(source, schema, writers, run)
  if (written === undefined) return writeInvalid(source, schema, writers, run)
  return { body: bodyOf(written, run.isPlain, names), errors: errorsOf(writers, run), notes: [] }
}

async function writeLarge(
  source: ClientOperation,
  schema: GraphQLSchema,
  writers: Writers,
  run: Run,
): Promise<Result> {
  const bytes = await writers.text()?.writeInTurns(run.root, run.isPlain)
  if (!bytes) return writeInvalid(source, schema, writers, run)
  const body = bodyOfBytes(bytes, run.isPlain, writers.names)
  return { body, errors: errorsOf(writers, run), notes: [] }
}

function errorsOf({ missing }: Writers, { errors }: Run): readonly GraphQLError[] {
  return missing.length > 0 ? [...errors, ...missing] : errors
}

/** What the generated writer does not write. */
function writeInvalid(
  source: ClientOperation,
  schema: GraphQLSchema,
  writers: Writers,
  run: Run,
): Result | Promise<Result> {
  const introspect = introspector(source, schema, run.variables)
  const written = writePlain(schema, writers.shape, run.root, introspect)
  if (written instanceof Promise || run.size > mostAtOnce) return writeParts(writers, run, written)
  const { data, notes } = written
  const body = data && bodyOf(jsonText(data), false, writers.names)
  return { body, errors: errorsOf(writers, run), notes }
}

const writeJson: WriteObject = (root, _isPlain, writing) => jsonInTurns(root, writing)

async function writeParts(
  writers: Writers,
  run: Run,
  written: PlainData | Promise<PlainData>,
): Promise<Result> {
  const { data, notes } = await written
  const body = data && bodyOfBytes(await writeInTurns(writeJson, data, false), false, writers.names)
  return { body, errors: errorsOf(writers, run), notes }
}

/** The introspection fields at the root of an operation, by response name. */
export function introspectRoot(
  source: ClientOperation,
  schema: GraphQLSchema,
  { coerced, variables }: Pick<Run, 'coerced' | 'variables'>,
): Map<string, unknown> {
  const introspect = introspector(source, schema, variables)
  const { fields } = rootShape(source, schema, coerced)
  const introspected = fields.filter(({ kind }) => kind === 'introspection')
  return new Map(introspected.map((field) => [field.output, introspect(field)]))
}

/** Introspection fields are resolved from the API schema, never by a subgraph. */
function introspector(source: ClientOperation, schema: GraphQLSchema, variables: Data): Introspect {
  return (field) => {
    const { data, errors } = executeSync({
      schema,
      document: documentOf(source, field.nodes),
      variableValues: variables,
    })
    if (errors?.[0]) throw errors[0]
    return data ? read(data, field.input) : null
  }
}

function documentOf(
  { fragments: byName, operation }: ClientOperation,
  nodes: Parameters<Introspect>[0]['nodes'],
): DocumentNode {
  const fragments = Object.values(byName)
  const used = new Set<string>()
  const note = { Variable: ({ name }: { name: { value: string } }) => void used.add(name.value) }
  for (const node of [...nodes, ...fragments]) visit(node, note)
  return {
    kind: Kind.DOCUMENT,
    definitions: [
      {
        kind: Kind.OPERATION_DEFINITION,
        operation: OperationTypeNode.QUERY,
        variableDefinitions: (operation.variableDefinitions ?? []).filter((definition) =>
          used.has(definition.variable.name.value),
        ),
        selectionSet: { kind: Kind.SELECTION_SET, selections: nodes },
      },
      ...fragments,
    ],
  }
}
