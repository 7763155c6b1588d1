/**
 * One service over HTTP: posts GraphQL requests over kept-alive connections. Compressed bodies are
 * decompressed; sizes and durations are bounded.
 */
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'
import { Pool, type Dispatcher } from 'undici'
import { isResult, withoutMark } from '../call/reply.ts'
import { isLoss, LostConnection, overNewConnection } from './connections.ts'
import { SubgraphFault } from '../transport.ts'
import { concatInTurns } from '../turns.ts'

export interface RemoteOptions {
  readonly service: string
  readonly url: string
  readonly connections?: number | undefined
  /** The longest time from the call to the last byte of its reply. */
  readonly timeoutMs?: number | undefined
  readonly mostBytes?: number | undefined
}

export interface HttpReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly bytes: Buffer
}

export interface PostOptions {
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly signal?: AbortSignal | undefined
  /** The request is sent again when its connection ends before any answer. */
  readonly isRepeatable?: boolean
}

export interface Remote {
  /** Rejects with a SubgraphFault, or with the signal's reason when that aborts. */
  post(body: string, options?: PostOptions): Promise<HttpReply>
  close(): Promise<void>
  /** Closes it when its calls have ended. */
  leave(): Promise<void>
}

/** The whole reply did not come in time. */
export class LateReply extends Error {
  override readonly name = 'LateReply'
}

const defaultConnections = 32
const defaultTimeoutMs = 30_000
const defaultMostBytes = 32 * 1024 * 1024

export function openRemote(options: RemoteOptions): Remote {
  const { origin, pathname, search } = new URL(options.url)
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs
  const connection = {
    pipelining: 1,
    // A reply that trickles would never be silent: each call has one timer for all of it.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: timeoutMs },
  }
  const pool = new Pool(origin, {
    ...connection,
    connections: options.connections ?? defaultConnections,
  })
  const fixed = {
    'content-type': 'application/json',
    accept: 'application/graphql-response+json, application/json',
    'accept-encoding': 'gzip, br, deflate',
  }
  const mostBytes = options.mostBytes ?? defaultMostBytes
  return {
    post: async (body, { headers, signal, isRepeatable = false } = {}) => {
      const request: Dispatcher.DispatchOptions = {
        method: 'POST',
        path: `${pathname}${search}`,
        headers: { ...fixed, ...headers },
        body,
      }
      const { service } = options
      const send = (over: Dispatcher) =>
        dispatch(over, request, { service, mostBytes, timeoutMs, signal })
      try {
        const sent = send(pool).catch((error: unknown) => {
          if (!isRepeatable || !(error instanceof LostConnection)) throw error
          return overNewConnection(origin, connection, send)
        })
        return await readReply(service, await sent, mostBytes)
      } catch (error) {
        if (error instanceof SubgraphFault || signal?.aborted === true) throw error
        throw unavailable(service, error)
      }
    },
    close: () => pool.destroy(),
    leave: () => pool.close(),
  }
}

interface DispatchLimits {
  readonly service: string
  readonly mostBytes: number
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
}

/** Rejects with a LostConnection when there was no answer at all. */
function dispatch(
  over: Dispatcher,
  request: Dispatcher.DispatchOptions,
  { service, mostBytes, timeoutMs, signal }: DispatchLimits,
): Promise<HttpReply> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(reasonOf(signal))
      return
    }
    const body = openCollector()
    let status = 0
    let headers: HttpReply['headers'] = {}
    let controller: Dispatcher.DispatchController | undefined
    let ended: Error | undefined
    const settle = () => {
      clearTimeout(timer)
      stopListening?.()
    }
    const fail = (error: Error) => {
      settle()
      reject(status === 0 && isLoss(error) ? new LostConnection(error) : error)
    }
    /** Ends it from this side; a request that waits for a connection is not sent. */
    const end = (reason: Error) => {
      ended = reason
      fail(reason)
      controller?.abort(reason)
    }
    const timer = setTimeout(() => end(tooLate(timeoutMs)), timeoutMs)
    const stopListening = onAbort(signal, end)
    over.dispatch(request, {
      onRequestStart: (started) => {
        controller = started
        if (ended) started.abort(ended)
      },
      onResponseStart: (_controller, code, received) => {
        status = code
        headers = flatHeaders(received)
      },
      onResponseData: (_controller, chunk) => {
        if (body.add(chunk) > mostBytes) end(tooLarge(service))
      },
      onResponseEnd: () => {
        settle()
        body.bytes().then((bytes) => resolve({ status, headers, bytes }), fail)
      },
      onResponseError: (_controller, error) => fail(error),
    })
  })
}

/** Collects the chunks of a body. */
function openCollector() {
  const chunks: Buffer[] = []
  let size = 0
  return {
    /** Returns the size so far. */
    add: (chunk: Buffer): number => {
      chunks.push(chunk)
      return (size += chunk.length)
    },
    bytes: async (): Promise<Buffer> => {
      const [only] = chunks
      return chunks.length === 1 && only ? only : concatInTurns(chunks, size)
    },
  }
}

function tooLate(timeoutMs: number): LateReply {
  return new LateReply(`There was no whole answer within ${timeoutMs} ms.`)
}

type End = (reason: Error) => void

const waiting = new WeakMap<AbortSignal, Set<End>>()

/** One listener for all calls of a request: adding one for each would cost more than the rest of the call's timers. */
function onAbort(signal: AbortSignal | undefined, end: End): (() => void) | undefined {
  if (!signal) return undefined
  const known = waiting.get(signal)
  const ends = known ?? new Set<End>()
  if (!known) {
    waiting.set(signal, ends)
    const endAll = () => ends.forEach((each) => each(reasonOf(signal)))
    signal.addEventListener('abort', endAll, { once: true })
  }
  ends.add(end)
  return () => void ends.delete(end)
}

function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason
  return reason instanceof Error ? reason : new Error('The call was aborted.')
}

function flatHeaders(received: Record<string, string | string[] | undefined>) {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(received)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return headers
}

async function readReply(
  service: string,
  { status, headers, bytes: packed }: HttpReply,
  mostBytes: number,
): Promise<HttpReply> {
  const encoding = headers['content-encoding']
  const isPacked = encoding !== undefined && encoding !== 'identity'
  const bytes = isPacked ? await unpack(service, encoding, packed, mostBytes) : packed
  const isSuccess = status >= 200 && status <= 299
  // Servers reply to invalid requests with 4xx and a GraphQL body, which says what is wrong.
  if (!isSuccess && !isGraphQL(bytes)) throw failedStatus(service, status)
  return { status, headers, bytes }
}

/** A body that explains a failure is short. */
const mostFailureBytes = 1024 * 1024

function isGraphQL(bytes: Buffer): boolean {
  if (bytes.length > mostFailureBytes) return false
  try {
    return isResult(JSON.parse(withoutMark(bytes).toString('utf8')))
  } catch {
    return false
  }
}

function failedStatus(service: string, status: number): SubgraphFault {
  if (status === 401)
    return new SubgraphFault(`The service "${service}" refused.`, 'UNAUTHENTICATED')
  if (status === 403) return new SubgraphFault(`The service "${service}" refused.`, 'FORBIDDEN')
  return unavailable(service, new Error(`HTTP ${status}`))
}

const unpackers = new Map([
  ['gzip', promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip)],
  ['x-gzip', promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip)],
  ['deflate', promisify<Buffer, { maxOutputLength: number }, Buffer>(inflate)],
  ['br', promisify<Buffer, { maxOutputLength: number }, Buffer>(brotliDecompress)],
])

async function unpack(
  service: string,
  encoding: string,
  bytes: Buffer,
  mostBytes: number,
): Promise<Buffer> {
  const unpacker = unpackers.get(encoding.trim().toLowerCase())
  if (!unpacker) throw unavailable(service, new Error(`Unknown encoding ${encoding}`))
  try {
    return await unpacker(bytes, { maxOutputLength: mostBytes })
  } catch (error) {
    throw unavailable(service, error)
  }
}

export function unavailable(service: string, cause: unknown): SubgraphFault {
  return new SubgraphFault(
    `The service "${service}" is unavailable.`,
    'SUBGRAPH_UNAVAILABLE',
    cause,
  )
}

function tooLarge(service: string): SubgraphFault {
  return new SubgraphFault(`The service "${service}" sent a reply that is too large.`)
}
