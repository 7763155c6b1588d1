/** Connects node:http to Apollo Server: one JSON body in, the bytes of the response body out. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { HeaderMap, type ApolloServer, type HTTPGraphQLResponse } from '@apollo/server'
import { bodyInSlot, openSlot } from '../write/body.ts'

export type GraphQLHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

const mostBodyBytes = 1024 * 1024

/** Handles POST and GET requests; the context value of each is a new object. */
export function graphqlHandler(server: ApolloServer): GraphQLHandler {
  return async (request, response) => {
    const body = await readBody(request)
    if (body === undefined) {
      response.writeHead(413).end()
      return
    }
    const context = {}
    const slot = openSlot(context)
    const answer = await server.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: request.method ?? 'POST',
        headers: headersOf(request),
        search: searchOf(request.url ?? '/'),
        body,
      },
      context: () => Promise.resolve(context),
    })
    await send(response, answer, slot.bytes)
  }
}

/** Reads a body by events: an iterator over the stream costs several promises per request. */
function readBody(request: IncomingMessage): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= mostBodyBytes) chunks.push(chunk)
      else resolve(undefined)
    })
    request.once('error', reject)
    request.once('end', () => resolve(parseBody(Buffer.concat(chunks))))
  })
}

function parseBody(bytes: Buffer): unknown {
  const text = bytes.toString('utf8')
  try {
    return JSON.parse(text) as unknown
  } catch {
    // Apollo Server reports what is wrong with the request.
    return text
  }
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
