import { createHash } from 'node:crypto'
import { HeaderMap } from '@apollo/server'
import type { AccessRules } from '@cnop/schema/access'
import type { ErrorCode } from '@cnop/schema/codes'
import {
  type DocumentNode,
  getArgumentValues,
  getNamedType,
  getOperationAST,
  getVariableValues,
  GraphQLError,
  type GraphQLSchema,
  isObjectType,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql'
import { nameCode } from '../errors/normalise.ts'
import { Refusal, refusalOf } from '../errors/refusal.ts'
import type { RequestContext } from '../edge/request-context.ts'
import { requireReadable } from '../guard/access.ts'
import { inTheirTypes } from '../engine/coerce.ts'
import { createLimitedMap, type LimitedMap } from '../engine/limited-map.ts'
import type { GuardedOperation, OperationGuard } from '../operations/operation-stages.ts'
import { type DocumentRules, findRequestDocument } from '../operations/request-document.ts'
import { collectFields, fragmentsOf, selectionSetsOf } from '../operations/collect-fields.ts'
import { compileSelection, type Selection } from './selection.ts'

/** What a client subscribes to, and the selection of its events. */
export interface Subscription {
  /** The field of the schema's `Subscription`. */
  readonly field: string
  /** The response name as JSON, with its colon. */
  readonly label: string
  readonly values: Readonly<Record<string, unknown>>
  /** Shared by all streams with the same selection. */
  readonly selection: Selection
}

export type Prepare = (context: RequestContext, body: unknown) => Promise<Subscription>

interface PrepareOptions {
  readonly schema: GraphQLSchema
  readonly access: AccessRules
  readonly documents: DocumentRules
  readonly guards: readonly OperationGuard[]
}

interface Given {
  readonly query: string
  readonly operationName: string | undefined
  readonly variables: Readonly<Record<string, unknown>>
}

/** Documents and selections are cached up to this count each. */
const mostRemembered = 500
/** For documents, and as much for selections. */
const mostRememberedBytes = 16 * 1024 * 1024
/** Measured with short tokens; a parsed document takes less per character with longer ones. */
const bytesPerCharacter = 120

/** A cached value, and its approximate size in memory. */
interface Remembered<Value> {
  readonly value: Value
  readonly bytes: number
}

const createMemory = <Value>(): LimitedMap<Remembered<Value>> =>
  createLimitedMap(mostRemembered, {
    mostBytes: mostRememberedBytes,
    bytesOf: ({ bytes }) => bytes,
  })

/** Returns the cached value of a text, or creates it. */
function recall<Value>(
  memory: LimitedMap<Remembered<Value>>,
  text: string,
  make: () => Value,
): Value {
  const hash = createHash('sha256').update(text).digest('base64')
  const known = memory.get(hash)
  if (known) return known.value
  const value = make()
  memory.set(hash, { value, bytes: bytesPerCharacter * text.length })
  return value
}

/** Runs the stages of any other operation: lookup, safety, validation, access, guards. */
export function createPrepare(options: PrepareOptions): Prepare {
  const { schema, guards, access } = options
  const documents = createMemory<DocumentNode>()
  const selections = createMemory<Selection>()
  const documentRules: DocumentRules = {
    ...options.documents,
    inspect: (text, caller) => options.documents.inspect(text, { ...caller, isStream: true }),
  }
  return async (context, body) => {
    const given = await readRequest(documentRules, context, body)
    const document = recall(documents, given.query, () => readDocument(options, given.query))
    const operation = getOperationAST(document, given.operationName)
    if (!operation) throw new Refusal('OPERATION_RESOLUTION_FAILURE')
    context.operationName = operation.name?.value
    requireReadable({ schema, rules: access }, document, given.operationName, context.actor)
    const variables = readVariables(schema, operation, given.variables)
    const guarded: GuardedOperation = {
      ...{ schema, document, definition: operation, variables, context: context },
      operationName: operation.name?.value,
    }
    for (const guard of guards) await guard(guarded)
    return subscribe({ schema, document, operation, variables }, given, selections)
  }
}

/** Parses a graphql-sse request; its client sends an empty text together with the id of a document. */
async function readRequest(
  rules: DocumentRules,
  context: RequestContext,
  body: unknown,
): Promise<Given> {
  const found = await findRequestDocument(rules, context, {
    method: 'POST',
    headers: new HeaderMap(),
    search: '',
    body: isObject(body) && body['query'] === '' ? withoutQuery(body) : body,
  })
  const { query, operationName, variables } = found.body as CheckedBody
  return { query, operationName: operationName ?? undefined, variables: variables ?? {} }
}

/** What `findRequestDocument` returns: a document of its own, or the one that it found for an id. */
interface CheckedBody {
  readonly query: string
  readonly operationName?: string | null
  readonly variables?: Readonly<Record<string, unknown>> | null
}

function withoutQuery({ query: _query, ...rest }: Record<string, unknown>) {
  return rest
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function readDocument({ schema, documents }: PrepareOptions, text: string): DocumentNode {
  const document = parseOrRefuse(text)
  const options = { maxErrors: 5, hideSuggestions: !documents.allowsIntrospection }
  const [error] = validateOrRefuse(() => validate(schema, document, undefined, options))
  if (error) throw refuseAs('GRAPHQL_VALIDATION_FAILED', error, text)
  return document
}

/** The library applies @skip and @include of the root field before there are variables, and throws where one needs them. */
function validateOrRefuse(run: () => readonly GraphQLError[]): readonly GraphQLError[] {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
    throw new Refusal(
      'GRAPHQL_VALIDATION_FAILED',
      'The root field of a subscription must not depend on a variable by @skip or @include.',
    )
  }
}

/** Of an error of graphql-js, with the details that `/graphql` adds and without the values that it leaves out. */
const refuseAs = (code: ErrorCode, { message }: GraphQLError, text?: string): Refusal =>
  refusalOf(nameCode({ message, extensions: { code } }, text))

function parseOrRefuse(text: string): DocumentNode {
  try {
    return parse(text, { noLocation: true })
  } catch (error) {
    throw refuseAs('GRAPHQL_PARSE_FAILED', error as GraphQLError)
  }
}

interface Operation {
  readonly schema: GraphQLSchema
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
  readonly variables: Readonly<Record<string, unknown>>
}

function readVariables(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const exact = inTheirTypes(schema, variableDefinitions, given)
  const { coerced, errors } = getVariableValues(schema, variableDefinitions, exact, {
    maxErrors: 5,
  })
  if (coerced) return coerced
  throw refuseAs('BAD_USER_INPUT', errors[0] as GraphQLError)
}

function subscribe(
  { schema, document, operation, variables }: Operation,
  { query }: Given,
  selections: LimitedMap<Remembered<Selection>>,
): Subscription {
  const around = { fragments: fragmentsOf(document), variables }
  const [root] = collectFields([operation.selectionSet], around)
  const node = root?.[1][0]
  const definition = node && schema.getSubscriptionType()?.getFields()[node.name.value]
  const type = definition && getNamedType(definition.type)
  if (!root || !definition || !isObjectType(type)) {
    throw new Refusal('GRAPHQL_VALIDATION_FAILED', 'The subscription selects no field.')
  }
  const [label, nodes] = root
  const key = JSON.stringify([query, operation.name?.value, onlyFlags(variables)])
  const selection = recall(selections, key, () =>
    compileSelection(type, selectionSetsOf(nodes), around),
  )
  return {
    field: definition.name,
    label: `${JSON.stringify(label)}:`,
    values: getArgumentValues(definition, node, variables),
    selection,
  }
}

/** The shape of an event depends only on the variables of `@skip` and `@include`. */
const onlyFlags = (variables: Readonly<Record<string, unknown>>) =>
  Object.entries(variables).filter(([, value]) => typeof value === 'boolean')
