import type { HeaderMap } from '@apollo/server'
import { Refusal } from '../errors/refusal.ts'
import type { RequestContext } from '../edge/request-context.ts'
import { parseJson } from '../engine/data.ts'
import { checkJson } from '../guard/json-body.ts'
import type { InspectDocument } from '../guard/inspect-document.ts'
import type { FindDocument } from './known-operations.ts'

export interface DocumentRules {
  readonly findDocument: FindDocument
  readonly isPersistedOnly: boolean
  readonly allowsIntrospection: boolean
  readonly inspect: InspectDocument
}

interface HttpRequest {
  readonly method: string
  readonly headers: HeaderMap
  readonly search: string
  readonly body: unknown
}

/** The document or id of a request, from its body or its query string. */
interface Given {
  readonly query: unknown
  readonly operationName: unknown
  readonly variables: unknown
  readonly extensions: unknown
}

const persistedId = /^[0-9a-f]{64}$/

/**
 * Replaces the id of a persisted operation by its document, and inspects every document. Refuses
 * an unknown id, free text where only ids count, and what is too large, before anything is parsed for execution.
 */
export async function findRequestDocument(
  rules: DocumentRules,
  context: RequestContext,
  request: HttpRequest,
): Promise<HttpRequest> {
  const isGet = request.method === 'GET' || request.method === 'HEAD'
  const parameters = new URLSearchParams(isGet ? request.search : '')
  const given = isGet ? fromParameters(parameters) : fromBody(request.body)
  checkForm(given)
  checkJson(given)
  const query = chooseDocument(rules, context, given)
  if (typeof query !== 'string') return request
  if (query.trim() === '') throw badRequest('query', 'must not be empty')
  const mayIntrospect = rules.allowsIntrospection || context.isDeveloper
  await rules.inspect(query, { mayIntrospect, context })
  if (query === given.query) return request
  if (!isGet) {
    const { extensions: _extensions, ...rest } = request.body as Record<string, unknown>
    return { ...request, body: { ...rest, query } }
  }
  parameters.delete('extensions')
  parameters.set('query', query)
  return { ...request, search: `?${parameters.toString()}` }
}

function fromBody(body: unknown): Given {
  if (!isObject(body)) throw badRequest('body', 'must be a JSON object')
  const { query, operationName, variables, extensions } = body
  return { query, operationName, variables, extensions }
}

const badRequest = (field: string, reason: string): Refusal =>
  new Refusal('BAD_REQUEST', `${field}: ${reason}`, { details: { field, reason } })

/** Refuses what Apollo Server would refuse too, with the name of the field. */
function checkForm(given: Given): void {
  for (const field of ['query', 'operationName'] as const) {
    if (given[field] != null && typeof given[field] !== 'string') {
      throw badRequest(field, 'must be a string')
    }
  }
  for (const field of ['variables', 'extensions'] as const) {
    if (given[field] != null && !isObject(given[field]))
      throw badRequest(field, 'must be an object')
  }
  const hasId = isObject(given.extensions) && given.extensions['persistedQuery'] !== undefined
  if (given.query == null && !hasId) throw badRequest('query', 'is required')
}

function fromParameters(parameters: URLSearchParams): Given {
  for (const name of ['query', 'operationName', 'variables', 'extensions']) {
    if (parameters.getAll(name).length > 1) throw badRequest(name, 'must be given once')
  }
  const extensions = parameters.get('extensions')
  const variables = parameters.get('variables')
  return {
    query: parameters.get('query') ?? undefined,
    operationName: parameters.get('operationName'),
    variables: variables === null ? undefined : parseOrRefuse('variables', variables),
    extensions: extensions === null ? undefined : parseOrRefuse('extensions', extensions),
  }
}

function parseOrRefuse(name: string, text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    throw badRequest(name, 'must be JSON')
  }
}

function chooseDocument(
  { findDocument, isPersistedOnly }: DocumentRules,
  { isDeveloper }: Pick<RequestContext, 'isDeveloper'>,
  { query, extensions }: Given,
): unknown {
  const id = persistedIdOf(extensions)
  if (id === undefined) {
    if (isPersistedOnly && !isDeveloper && query !== undefined) {
      throw new Refusal('PERSISTED_QUERY_ONLY')
    }
    return query
  }
  const document = findDocument(id)
  if (document === undefined) throw new Refusal('PERSISTED_QUERY_NOT_FOUND')
  if (query !== undefined && query !== document) {
    throw badRequest('query', 'must be the document of the persisted id, or be left out')
  }
  return document
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The id of a persisted operation, as Apollo's clients send it; a malformed one is refused. */
function persistedIdOf(extensions: unknown): string | undefined {
  const persisted = isObject(extensions) ? extensions['persistedQuery'] : undefined
  if (persisted === undefined) return undefined
  const { version, sha256Hash } = isObject(persisted) ? persisted : {}
  if (version !== 1 || typeof sha256Hash !== 'string' || !persistedId.test(sha256Hash)) {
    throw badRequest('extensions.persistedQuery', 'must have version 1 and a sha256Hash')
  }
  return sha256Hash
}
