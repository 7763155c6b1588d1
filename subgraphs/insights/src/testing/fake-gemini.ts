import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** How the server answers one call. `heldUntil` holds the answer back until it resolves. */
export type FakeAnswer = { readonly heldUntil?: Promise<unknown> } & (
  | { readonly text: string; readonly finishReason?: string }
  | { readonly parts: readonly object[] }
  | { readonly blockReason: string }
  | { readonly status: number }
  | { readonly raw: string }
  | { readonly hangUp: true }
)

export interface FakeCall {
  readonly path: string
  readonly apiKey: string | undefined
  readonly body: string
  /** Resolves when the answer was sent, or when its caller no longer waits for it. */
  readonly ended: Promise<void>
}

export interface FakeGemini {
  readonly baseUrl: string
  readonly apiKey: string
  readonly calls: readonly FakeCall[]
  /** Answers the next calls in this order, and every later one like the last. */
  answer(...answers: readonly FakeAnswer[]): void
  /** Resolves with the call of this number, the first being 1, as soon as it has come in. */
  called(number: number): Promise<FakeCall>
  close(): Promise<void>
}

const statusNames: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
}
const usageMetadata = { promptTokenCount: 400, candidatesTokenCount: 60, totalTokenCount: 460 }
const modelVersion = 'fake-model'

const errorBody = (code: number, message: string): string =>
  JSON.stringify({ error: { code, message, status: statusNames[code] ?? 'UNKNOWN' } })

const contentBody = (parts: readonly object[], finishReason: string): string =>
  JSON.stringify({
    candidates: [{ content: { parts, role: 'model' }, finishReason, index: 0 }],
    usageMetadata,
    modelVersion,
  })

function write(answer: FakeAnswer): { readonly status: number; readonly body: string } {
  if ('status' in answer) {
    return { status: answer.status, body: errorBody(answer.status, 'The fake is set to fail.') }
  }
  if ('raw' in answer) return { status: 200, body: answer.raw }
  if ('blockReason' in answer) {
    const promptFeedback = { blockReason: answer.blockReason, safetyRatings: [] }
    return { status: 200, body: JSON.stringify({ promptFeedback, usageMetadata, modelVersion }) }
  }
  if ('parts' in answer) return { status: 200, body: contentBody(answer.parts, 'STOP') }
  if ('hangUp' in answer) return { status: 500, body: '' }
  return { status: 200, body: contentBody([{ text: answer.text }], answer.finishReason ?? 'STOP') }
}

const send = (response: ServerResponse, status: number, body: string): void => {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' }).end(body)
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

/** Refuses what Google's API refuses: another path, another key, another form. */
function refusal(call: FakeCall, method: string | undefined, apiKey: string): number | undefined {
  if (method !== 'POST' || !/^\/v1beta\/models\/[\w.-]+:generateContent$/.test(call.path))
    return 404
  if (call.apiKey !== apiKey) return 400
  const { contents } = JSON.parse(call.body) as { contents?: unknown }
  return Array.isArray(contents) && contents.length > 0 ? undefined : 400
}

/** Calls that came in, and those who wait for one. */
function createCallList() {
  const calls: FakeCall[] = []
  const waiting = new Map<number, (call: FakeCall) => void>()
  return {
    calls,
    add: (call: FakeCall) => {
      calls.push(call)
      waiting.get(calls.length)?.(call)
    },
    called: (number: number): Promise<FakeCall> => {
      const present = calls[number - 1]
      return present
        ? Promise.resolve(present)
        : new Promise((resolve) => void waiting.set(number, resolve))
    },
  }
}

/** A local HTTP server that implements the `generateContent` call of Google's API. */
export async function startFakeGemini(apiKey = 'fake-key'): Promise<FakeGemini> {
  let answers: readonly FakeAnswer[] = [{ status: 503 }]
  const { calls, add, called } = createCallList()

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const key = request.headers['x-goog-api-key']
    const call: FakeCall = {
      path: request.url ?? '',
      apiKey: typeof key === 'string' ? key : undefined,
      body: await readBody(request),
      ended: new Promise((resolve) => void response.once('close', resolve)),
    }
    const answer = answers[0] ?? { status: 503 }
    if (answers.length > 1) answers = answers.slice(1)
    add(call)
    await answer.heldUntil
    const refused = refusal(call, request.method, apiKey)
    if (refused !== undefined) {
      send(response, refused, errorBody(refused, 'Refused.'))
      return
    }
    const { status, body } = write(answer)
    if ('hangUp' in answer) response.destroy()
    else send(response, status, body)
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    apiKey,
    calls,
    answer: (...next) => {
      answers = next
    },
    called,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
