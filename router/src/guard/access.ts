import { type AccessRules, mayRead, type Viewer } from '@cnop/schema/access'
import type { Actor } from '@cnop/kit/identity'
import { errorCodes } from '@cnop/schema/codes'
import type { DocumentNode, GraphQLSchema, SelectionSetNode } from 'graphql'
import { Refusal } from '../errors/refusal.ts'
import type {
  AnswerStage,
  OperationGuard,
  GuardedOperation,
} from '../operations/operation-stages.ts'
import { restrict, type Restricted } from './restrict.ts'
import { collectFields, selectionSetsOf } from '../operations/collect-fields.ts'

const refusalCodes = { anonymous: 'UNAUTHENTICATED', customer: 'FORBIDDEN' } as const

/**
 * Enforces `@access` before anything is planned: a field that the caller may not read is removed from the document,
 * so that no subgraph resolves it, and is null in the result with an error at its path. An operation without
 * remaining fields is refused as a whole.
 */
export function guardAccess(rules: AccessRules): OperationGuard {
  const hasAdminFields = [...rules.values()].some((rule) => !mayRead(rule, 'customer'))
  const find = rememberRestricted(rules)
  return (operation) => {
    const viewer = viewerOf(operation.context.actor)
    if (!viewer || (viewer === 'customer' && !hasAdminFields)) return undefined
    const restricted = find(operation, viewer)
    if (!restricted) return undefined
    const code = refusalCodes[viewer]
    if (restricted.isWhollyRefused) throw new Refusal(code)
    operation.document = restricted.document
    operation.definition = restricted.operation
    operation.variant = viewer
    return answerRefused(restricted, code)
  }
}

/** Refuses a document that selects any field that the actor may not read. */
export function requireReadable(
  { schema, rules }: { readonly schema: GraphQLSchema; readonly rules: AccessRules },
  document: DocumentNode,
  operationName: string | undefined,
  actor: Actor | undefined,
): void {
  const viewer = viewerOf(actor)
  if (viewer && restrict(document, operationName, schema, rules, viewer)) {
    throw new Refusal(refusalCodes[viewer])
  }
}

function viewerOf(actor: Actor | undefined): Viewer | undefined {
  if (!actor) return 'anonymous'
  return actor.role === 'admin' ? undefined : 'customer'
}

function answerRefused(restricted: Restricted, code: (typeof refusalCodes)[Viewer]): AnswerStage {
  return (result) => {
    const paths = refuseFields(restricted, result.data)
    const refusals = paths.map((path) => ({
      message: errorCodes[code],
      path,
      extensions: { code },
    }))
    if (refusals.length > 0) result.errors = [...(result.errors ?? []), ...refusals]
  }
}

/** Cached by the parsed document, which Apollo Server caches: once per operation and kind of viewer. */
function rememberRestricted(rules: AccessRules) {
  const known = new WeakMap<DocumentNode, Map<string, Restricted | undefined>>()
  return (
    { document, operationName, schema }: GuardedOperation,
    viewer: Viewer,
  ): Restricted | undefined => {
    const byViewer = known.get(document) ?? new Map<string, Restricted | undefined>()
    known.set(document, byViewer)
    const key = `${viewer}:${operationName ?? ''}`
    if (byViewer.has(key)) return byViewer.get(key)
    const restricted = restrict(document, operationName, schema, rules, viewer)
    byViewer.set(key, restricted)
    return restricted
  }
}

type AnswerPath = readonly (string | number)[]

/** At most this many refused fields of one answer are named; all of them are null. */
const maxNamedFields = 50

type Answer = Record<string, unknown>

const isAnswer = (value: unknown): value is Answer =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Sets every refused field of a result to null, and returns the paths. */
function refuseFields({ operation, fragments, refused }: Restricted, data: unknown): AnswerPath[] {
  const paths: AnswerPath[] = []

  function refuseIn(value: unknown, sets: readonly SelectionSetNode[], path: AnswerPath): void {
    if (Array.isArray(value)) {
      value.forEach((item, index) => refuseIn(item, sets, [...path, index]))
      return
    }
    if (!isAnswer(value)) return
    for (const [name, fields] of collectFields(sets, { fragments })) {
      if (!(name in value)) continue
      if (fields.some((field) => refused.has(field))) {
        value[name] = null
        if (paths.length < maxNamedFields) paths.push([...path, name])
      } else refuseIn(value[name], selectionSetsOf(fields), [...path, name])
    }
  }

  refuseIn(data, [operation.selectionSet], [])
  return paths
}
