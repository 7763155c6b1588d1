/**
 * Most requests need nothing of Apollo Server but what it has found out before: that their document is valid, and which
 * content type their `accept` header asks for. They are executed without it, which halves the cost of a small response. A
 * result with more than data is put into words by Apollo Server all the same, and is not executed again.
 */
import type { IncomingHttpHeaders } from 'node:http'
import type { HTTPGraphQLResponse } from '@apollo/server'
import type {
  GatewayGraphQLRequestContext,
  GatewayInterface,
} from '@apollo/server-gateway-interface'
import { getOperationAST, OperationTypeNode, type DocumentNode, type GraphQLSchema } from 'graphql'
import { isData, type Data } from '../data.ts'
import type { Engine } from '../engine.ts'
import { resultOf } from '../execute.ts'
import { createLimitedMap, type LimitedMap, type SizeLimit } from '../limited-map.ts'
import type { Result } from '../write/result.ts'

export interface PlainResponse {
  readonly bytes: Buffer
  readonly contentType: string
  readonly cacheControl: string
}

export interface PlainRequests {
  /** For Apollo Server. */
  readonly gateway: GatewayInterface
  /** The response to a POST request; undefined where Apollo Server makes it, with the same context. */
  answer(
    headers: IncomingHttpHeaders,
    body: unknown,
    context: object,
  ): Promise<PlainResponse | undefined>
  /** Takes note of a response of Apollo Server. */
  note(headers: IncomingHttpHeaders, response: HTTPGraphQLResponse): void
}

/** A document that Apollo Server has found valid. */
interface Known {
  readonly document: DocumentNode
  readonly queryHash: string
  readonly schema: GraphQLSchema
}

interface Started {
  readonly result: Promise<Result | undefined>
  readonly policy: CachePolicy
}

/** Apollo Server copies the context, which keeps its members. */
const started = Symbol('started')

interface WithStarted {
  readonly [started]?: Started
}

/** How many `accept` headers are remembered: clients send a few. */
const mostTypes = 50
const longestAccept = 200

export function openPlainRequests(
  engine: Engine,
  mostDocuments: number,
  limit: SizeLimit<DocumentNode>,
): PlainRequests {
  const known = createLimitedMap<Known>(mostDocuments, {
    mostBytes: limit.mostBytes,
    bytesOf: ({ document }) => limit.bytesOf(document),
  })
  const types = createLimitedMap<string>(mostTypes)
  const executor = createExecutor(engine, known)
  return {
    gateway: {
      ...engine.gateway,
      load: async (options) => {
        await engine.gateway.load(options)
        return { executor }
      },
    },
    answer: async (headers, body, context) => {
      const contentType = types.get(headers.accept ?? '')
      const plain = readPlain(headers, body)
      if (contentType === undefined || !plain) return undefined
      const own = start(engine, known, plain, context)
      if (!own) return undefined
      Object.assign(context, { [started]: own })
      const bytes = await own.result.then(bytesOf, () => undefined)
      return bytes && { bytes, contentType, cacheControl: own.policy.header() }
    },
    note: ({ accept = '' }, { status = 200, headers, body }) => {
      const contentType = headers.get('content-type')
      if (status !== 200 || body.kind !== 'complete' || contentType === undefined) return
      if (accept.length <= longestAccept) types.set(accept, contentType)
    },
  }
}

/** Takes the result that is there already, and otherwise executes the request and remembers its document. */
function createExecutor(engine: Engine, known: LimitedMap<Known>): Engine['execute'] {
  return async (request) => {
    const own = (request.context as WithStarted)[started]
    const result = await own?.result
    if (own && result) {
      restrict(request.overallCachePolicy, own.policy)
      return resultOf(result, request.context)
    }
    const { source, document, queryHash, schema } = request
    known.set(source, { document, queryHash, schema })
    return engine.execute(request)
  }
}

function start(
  engine: Engine,
  known: LimitedMap<Known>,
  plain: PlainRequest,
  context: object,
): Started | undefined {
  const found = known.get(plain.query)
  if (found?.schema !== engine.apiSchema()) return undefined
  const operation = getOperationAST(found.document, plain.operationName)
  if (!operation || operation.operation === OperationTypeNode.SUBSCRIPTION) return undefined
  const policy = new CachePolicy()
  const request = {
    request: plain,
    ...found,
    source: plain.query,
    operation,
    operationName: operation.name?.value ?? null,
    context,
    metrics: {},
    overallCachePolicy: policy,
  } as unknown as GatewayGraphQLRequestContext
  return { result: engine.run(request), policy }
}

/** Those of a result that is nothing but data. */
function bytesOf(result: Result | undefined): Buffer | undefined {
  if (!result?.body || result.errors.length + result.notes.length > 0) return undefined
  return result.body.bytes
}

interface PlainRequest {
  readonly query: string
  readonly operationName: string | undefined
  readonly variables: Data | undefined
}

const jsonTypes = new Set(['application/json', 'application/json; charset=utf-8'])
const knownMembers = new Set(['query', 'operationName', 'variables'])

/** What Apollo Server reads of a request; undefined where it has more, or something else. */
function readPlain(headers: IncomingHttpHeaders, body: unknown): PlainRequest | undefined {
  if (!jsonTypes.has(headers['content-type'] ?? '') || !isData(body)) return undefined
  if (Object.keys(body).some((name) => !knownMembers.has(name))) return undefined
  const { query, operationName, variables } = body
  const isPlain =
    typeof query === 'string' && isNameOrNone(operationName) && isDataOrNone(variables)
  if (!isPlain) return undefined
  return { query, operationName: operationName ?? undefined, variables: variables ?? undefined }
}

function isNameOrNone(value: unknown): value is string | null | undefined {
  return typeof value === 'string' || value === undefined || value === null
}

function isDataOrNone(value: unknown): value is Data | null | undefined {
  return isData(value) || value === undefined || value === null
}

interface CacheHint {
  readonly maxAge?: number
  readonly scope?: 'PRIVATE' | 'PUBLIC'
}

/** As that of Apollo Server: the shortest age counts, and the narrowest scope. */
class CachePolicy implements CacheHint {
  maxAge?: number
  scope?: 'PRIVATE' | 'PUBLIC'

  restrict({ maxAge, scope }: CacheHint): void {
    if (maxAge !== undefined && maxAge < (this.maxAge ?? Infinity)) this.maxAge = maxAge
    if (scope !== undefined && this.scope !== 'PRIVATE') this.scope = scope
  }

  header(): string {
    if (!this.maxAge) return 'no-store'
    return `max-age=${this.maxAge}, ${(this.scope ?? 'PUBLIC').toLowerCase()}`
  }
}

function restrict(policy: unknown, { maxAge, scope }: CacheHint): void {
  const hint = { ...(maxAge !== undefined && { maxAge }), ...(scope && { scope }) }
  ;(policy as CachePolicy).restrict(hint)
}
