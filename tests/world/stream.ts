import { EventEmitter, once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { manifest } from '@cnop/schema/read'
import type { AnswerError } from './client.ts'

/** One event of a stream: its field of the data, or the reason of its end. */
export interface StreamEvent {
  readonly sequence: number
  readonly isSnapshot: boolean
  readonly [field: string]: unknown
}

/** A stream that is open, or was refused before it opened. */
export interface Followed {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  /** The codes of the refusal or the end. */
  codes(): string[]
  /** The errors of the refusal or the end. */
  errors(): readonly AnswerError[]
  /** Every event received so far. */
  readonly events: readonly StreamEvent[]
  readonly heartbeats: () => number
  /** Waits for the first event from the given index that passes the test. */
  until(test: (event: StreamEvent) => boolean, from?: number): Promise<StreamEvent>
  /** Waits for a number of events. */
  first(count: number): Promise<readonly StreamEvent[]>
  /** Waits until the platform has ended the stream, or the connection has broken. */
  ended(): Promise<void>
  /** Stops reading the socket, as a client that hangs does. */
  pause(): void
  resume(): void
  leave(): void
}

interface FollowOptions {
  readonly token?: string | undefined
  readonly variables?: Record<string, unknown>
  readonly headers?: Record<string, string>
  /** The client address. */
  readonly from?: string
  readonly method?: string
  /** Replaces the document and its variables. */
  readonly body?: string
}

interface Message {
  readonly data?: Record<string, StreamEvent> | null
  readonly errors?: readonly AnswerError[]
}

/** The id of a persisted subscription of the tests, by name. */
export function streamId(name: string): string {
  const found = Object.entries(manifest('stream')).find(([, text]) =>
    text.startsWith(`subscription ${name}`),
  )
  if (!found) throw new Error(`No subscription is called ${name}.`)
  return found[0]
}

export const persisted = (id: string) => ({
  extensions: { persistedQuery: { version: 1, sha256Hash: id } },
})

/** Opens one of the tests' persisted subscriptions by its id. */
export const follow = (origin: string, name: string, options: FollowOptions = {}) =>
  openStream(origin, {
    ...options,
    body: JSON.stringify({ ...persisted(streamId(name)), variables: options.variables }),
  })

/** Opens a stream with a document. */
export const followText = (origin: string, query: string, options: FollowOptions = {}) =>
  openStream(origin, { ...options, body: JSON.stringify({ query, variables: options.variables }) })

export async function openStream(
  origin: string,
  { token, headers = {}, from, method = 'POST', body }: FollowOptions,
): Promise<Followed> {
  const sent = httpRequest(`${origin}/stream`, {
    method,
    agent: false,
    ...(from !== undefined && { localAddress: from }),
    headers: {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
  })
  sent.end(method === 'GET' ? undefined : body)
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  return response.headers['content-type']?.startsWith('text/event-stream')
    ? readEvents(response)
    : readRefusal(response)
}

/** Collects the streams that a test opens, and closes them after it. */
export function keepStreams() {
  let streams: Followed[] = []
  return {
    opened: async (stream: Promise<Followed>): Promise<Followed> => {
      const followed = await stream
      streams.push(followed)
      return followed
    },
    leaveAll: async (): Promise<void> => {
      for (const stream of streams) stream.leave()
      await Promise.all(streams.map((stream) => stream.ended()))
      streams = []
    },
  }
}

async function readRefusal(response: IncomingMessage): Promise<Followed> {
  const chunks: Buffer[] = []
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk)
  const { errors = [] } = JSON.parse(Buffer.concat(chunks).toString() || '{}') as Message
  const never = () => Promise.reject(new Error(`Refused: ${JSON.stringify(errors)}`))
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    codes: () => errors.map(({ extensions }) => extensions.code ?? 'none'),
    errors: () => errors,
    events: [],
    heartbeats: () => 0,
    until: never,
    first: never,
    ended: () => Promise.resolve(),
    pause: () => undefined,
    resume: () => undefined,
    leave: () => undefined,
  }
}

function readEvents(response: IncomingMessage): Followed {
  const events: StreamEvent[] = []
  const errors: AnswerError[] = []
  let heartbeats = 0
  let isEnded = false
  const news = new EventEmitter()
  const wake = (): void => void news.emit('news')
  let rest = ''
  const read = (block: string): void => {
    if (block === ':') heartbeats += 1
    const data = /^data: (.+)$/m.exec(block)?.[1]
    if (data === undefined) return
    const message = JSON.parse(data) as Message
    errors.push(...(message.errors ?? []))
    events.push(...Object.values(message.data ?? {}))
  }
  response.setEncoding('utf8')
  response.on('data', (chunk: string) => {
    const blocks = `${rest}${chunk}`.split('\n\n')
    rest = blocks.pop() ?? ''
    blocks.forEach(read)
    wake()
  })
  response.on('error', () => undefined)
  response.once('close', () => {
    isEnded = true
    wake()
  })
  const waitFor = async <T>(find: () => T | undefined): Promise<T> => {
    for (;;) {
      const found = find()
      if (found !== undefined) return found
      if (isEnded) throw new Error(`The stream has ended: ${JSON.stringify(errors)}`)
      await once(news, 'news')
    }
  }
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    codes: () => errors.map(({ extensions }) => extensions.code ?? 'none'),
    errors: () => errors,
    events,
    heartbeats: () => heartbeats,
    until: (test, from = 0) => waitFor(() => events.slice(from).find(test)),
    first: (count) => waitFor(() => (events.length >= count ? events.slice(0, count) : undefined)),
    ended: async () => {
      while (!isEnded) await once(news, 'news')
    },
    pause: () => void response.pause(),
    resume: () => void response.resume(),
    leave: () => void response.destroy(),
  }
}
