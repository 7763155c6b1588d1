/**
 * Connects node:http to Apollo Server: one JSON body in, the bytes of the response body out. What is malformed or too
 * large is refused before anything is parsed for execution.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { HeaderMap, type ApolloServer, type HTTPGraphQLResponse } from '@apollo/server'
import { Refusal, unsupportedBody } from '../../errors/refusal.ts'
import { statusOf } from '../../errors/status.ts'
import { checkJson, encodingOf, refuseOtherThanUtf8 } from '../../guard/json-body.ts'
import { Cancellation, type CancelSignal } from '../cancellation.ts'
import { isData, parseJson } from '../data.ts'
import { ClientLeft } from '../shared-work.ts'
import { openAdmission } from '../turns.ts'
import { bodyInSlot, openSlot } from '../write/body.ts'
import type { DocumentCheck } from './document-check.ts'
import type { PlainRequests, PlainResponse } from './plain-requests.ts'

export type GraphQLHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

export interface HandlerOptions {
  readonly mostBodyBytes: number
  readonly documents: Pick<DocumentCheck, 'check'>
  /** Absent where all requests go through Apollo Server. */
  readonly plain: Pick<PlainRequests, 'answer' | 'note'> | undefined
  /** The context value of a request, with a signal that aborts when its client has left; throws a Refusal. */
  readonly contextOf: (request: IncomingMessage, signal: CancelSignal) => object | Promise<object>
}

/** A longer body takes long to read: its operation has a turn of its own. */
const longBody = 64 * 1024

/** Handles POST and GET requests. */
export function graphqlHandler(server: ApolloServer, options: HandlerOptions): GraphQLHandler {
  const admit = openAdmission()
  return async (request, response) => {
    try {
      const chunks = await readBody(request, options)
      // Reading many bodies that end together would take long, too.
      const turn = admit()
      if (turn) await turn
      const bytes = joined(chunks)
      const body = readRequest(request, bytes, options)
      if (bytes.length > longBody) await admit()
      const context = await options.contextOf(request, leavingOf(response))
      const plain = await answerPlain(request, body, context, options)
      if (plain) {
        sendPlain(response, plain)
        return
      }
      const slot = openSlot(context, true)
      const answer = await server.executeHTTPGraphQLRequest({
        httpGraphQLRequest: {
          method: request.method ?? 'POST',
          headers: headersOf(request),
          search: searchOf(request.url ?? '/'),
          body,
        },
        context: () => Promise.resolve(context),
      })
      options.plain?.note(request.headers, answer)
      await send(response, answer, slot.bytes)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      refuse(response, error)
      if (!request.complete) discard(request)
    }
  }
}

/** Aborts when the connection closes before the whole answer was written. */
function leavingOf(response: ServerResponse): CancelSignal {
  const leaving = new Cancellation()
  response.once('close', () => {
    if (!response.writableFinished) leaving.abort(new ClientLeft())
  })
  return leaving
}

/** How long a client may go on to send a body that is refused: it reads the answer only then. */
const lingerMs = 1_000

/** Discards the rest of a body, and ends the connection where it does not end. */
function discard(request: IncomingMessage): void {
  const timer = setTimeout(() => request.destroy(), lingerMs).unref()
  request.once('close', () => clearTimeout(timer)).resume()
}

/** Answers in the GraphQL format. */
function refuse(response: ServerResponse, { code, message, details }: Refusal): void {
  const hasDetails = Object.keys(details).length > 0
  const error = { message, extensions: { code, ...(hasDetails && { details }) } }
  response.statusCode = statusOf[code]
  response.setHeader('content-type', 'application/json; charset=utf-8')
  response.end(`${JSON.stringify({ errors: [error] })}\n`)
}

async function readBody(
  request: IncomingMessage,
  { mostBodyBytes }: HandlerOptions,
): Promise<Buffer[]> {
  if (encodingOf(request.headers) !== 'identity') {
    throw unsupportedBody('content-encoding', 'compressed bodies are not read')
  }
  return readBytes(request, mostBodyBytes)
}

function joined(chunks: readonly Buffer[]): Buffer {
  const [only] = chunks
  return only && chunks.length === 1 ? only : Buffer.concat(chunks)
}

function readRequest(
  request: IncomingMessage,
  bytes: Buffer,
  { documents }: HandlerOptions,
): unknown {
  const body = bytes.length === 0 ? undefined : parseBody(bytes)
  const isGet = request.method === 'GET' || request.method === 'HEAD'
  const query = isGet
    ? new URLSearchParams(searchOf(request.url ?? '')).get('query')
    : queryOf(body)
  if (typeof query === 'string') documents.check(query)
  return body
}

/** Reads a body by events: an iterator over the stream costs several promises per request. */
function readBytes(request: IncomingMessage, most: number): Promise<Buffer[]> {
  return new Promise((resolve, reject) => {
    const refuseSize = () => reject(new Refusal('REQUEST_TOO_LARGE'))
    if (Number(request.headers['content-length'] ?? 0) > most) {
      refuseSize()
      return
    }
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= most) chunks.push(chunk)
      else refuseSize()
    })
    request.once('error', reject)
    request.once('end', () => resolve(chunks))
  })
}

function parseBody(bytes: Buffer): unknown {
  refuseOtherThanUtf8(bytes)
  const body = parseOrRefuse(bytes.toString('utf8'))
  if (isData(body)) {
    checkJson(body['variables'])
    checkJson(body['extensions'])
  }
  return body
}

function parseOrRefuse(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    const details = { field: 'body', reason: 'must be JSON' }
    throw new Refusal('BAD_REQUEST', 'body: must be JSON', { details })
  }
}

function queryOf(body: unknown): unknown {
  return isData(body) ? body['query'] : undefined
}

function searchOf(url: string): string {
  const from = url.indexOf('?')
  return from === -1 ? '' : url.slice(from)
}

function headersOf(request: IncomingMessage): HeaderMap {
  const headers = new HeaderMap()
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value)
  }
  return headers
}

function answerPlain(
  { method, headers }: IncomingMessage,
  body: unknown,
  context: object,
  { plain }: HandlerOptions,
): Promise<PlainResponse | undefined> | undefined {
  return method === 'POST' ? plain?.answer(headers, body, context) : undefined
}

const shortBody = 16 * 1024

function sendPlain(response: ServerResponse, plain: PlainResponse): void {
  const { bytes, contentType, cacheControl } = plain
  response.writeHead(200, {
    'content-type': contentType,
    'cache-control': cacheControl,
    'content-length': bytes.length,
  })
  // The same bytes. As text they are written together with the headers.
  if (bytes.length <= shortBody) response.end(bytes.toString('latin1'), 'latin1')
  else response.end(bytes)
}

async function send(
  response: ServerResponse,
  answer: HTTPGraphQLResponse,
  slotted: Buffer | undefined,
): Promise<void> {
  response.statusCode = answer.status ?? 200
  for (const [name, value] of answer.headers) response.setHeader(name, value)
  if (answer.body.kind === 'complete') {
    const isSlotted = slotted !== undefined && answer.body.string === bodyInSlot
    const bytes = isSlotted ? slotted : Buffer.from(answer.body.string)
    response.setHeader('content-length', bytes.length)
    response.end(bytes)
    return
  }
  for await (const chunk of answer.body.asyncIterator) response.write(chunk)
  response.end()
}
