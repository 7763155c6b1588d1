/**
 * One service over HTTP: posts GraphQL requests over kept-alive connections. Compressed bodies are
 * decompressed; sizes and durations are bounded.
 */
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'
import { Pool, type Dispatcher } from 'undici'
import { isResult, withoutMark } from '../call/reply.ts'
import { reasonOf, type CancelSignal } from '../cancellation.ts'
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
  readonly signal?: CancelSignal | undefined
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
  const path = `${pathname}${search}`
  const mostBytes = options.mostBytes ?? defaultMostBytes
  const limits = { service: options.service, mostBytes, timeoutMs }
  return {
    post: async (body, { headers, signal, isRepeatable = false } = {}) => {
      const request: Dispatcher.DispatchOptions = {
        method: 'POST',
        path,
        headers: headers ? { ...fixed, ...headers } : fixed,
        body,
      }
      try {
        const reply = await send(pool, request, limits, signal).catch((error: unknown) => {
          if (!isRepeatable || !(error instanceof LostConnection)) throw error
          return overNewConnection(origin, connection, (over) =>
            send(over, request, limits, signal),
          )
        })
        return isReady(reply) ? reply : await readReply(reply, limits)
      } catch (error) {
        if (error instanceof SubgraphFault || signal?.aborted === true) throw error
        throw unavailable(limits.service, error)
      }
    },
    close: () => pool.destroy(),
    leave: () => pool.close(),
  }
}

interface Limits {
  readonly service: string
  readonly mostBytes: number
  readonly timeoutMs: number
}

/** Rejects with a LostConnection when there was no answer at all. */
function send(
  over: Dispatcher,
  request: Dispatcher.DispatchOptions,
  limits: Limits,
  signal: CancelSignal | undefined,
): Promise<HttpReply> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) reject(reasonOf(signal))
    else over.dispatch(request, new Exchange(limits, signal, { resolve, reject }))
  })
}

interface Outcome {
  readonly resolve: (reply: HttpReply) => void
  readonly reject: (error: Error) => void
}

/** One request and its reply. A class, because there are very many: it shares its functions. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly limits: Limits
  private readonly outcome: Outcome
  private readonly signal: CancelSignal | undefined
  private readonly onAbort: (() => void) | undefined
  private readonly timer: NodeJS.Timeout
  private readonly chunks: Buffer[] = []
  private size = 0
  private status = 0
  private headers: HttpReply['headers'] = {}
  private controller: Dispatcher.DispatchController | undefined
  private ended: Error | undefined

  constructor(limits: Limits, signal: CancelSignal | undefined, outcome: Outcome) {
    this.limits = limits
    this.outcome = outcome
    this.signal = signal
    this.timer = setTimeout(endLate, limits.timeoutMs, this)
    if (!signal) return
    this.onAbort = () => this.end(reasonOf(signal))
    signal.addEventListener('abort', this.onAbort, { once: true })
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller
    if (this.ended) controller.abort(this.ended)
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.status = status
    this.headers = flatHeaders(headers)
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.chunks.push(chunk)
    this.size += chunk.length
    if (this.size > this.limits.mostBytes) this.end(tooLarge(this.limits.service))
  }

  onResponseEnd(): void {
    this.settle()
    const { chunks, size, status, headers, outcome } = this
    const [only] = chunks
    if (only && chunks.length === 1) outcome.resolve({ status, headers, bytes: only })
    else {
      concatInTurns(chunks, size).then(
        (bytes) => outcome.resolve({ status, headers, bytes }),
        outcome.reject,
      )
    }
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    this.settle()
    this.outcome.reject(this.status === 0 && isLoss(error) ? new LostConnection(error) : error)
  }

  /** Ends it from this side; a request that waits for a connection is not sent. */
  end(reason: Error): void {
    this.ended = reason
    this.onResponseError(this.controller, reason)
    this.controller?.abort(reason)
  }

  private settle(): void {
    clearTimeout(this.timer)
    if (this.onAbort) this.signal?.removeEventListener('abort', this.onAbort)
  }
}

function endLate(exchange: Exchange): void {
  const { timeoutMs } = exchange.limits
  exchange.end(new LateReply(`There was no whole answer within ${timeoutMs} ms.`))
}

function flatHeaders(
  received: Record<string, string | string[] | undefined>,
): HttpReply['headers'] {
  for (const name in received) {
    const value = received[name]
    if (Array.isArray(value)) received[name] = value.join(', ')
  }
  return received as Record<string, string>
}

const isSuccess = (status: number) => status >= 200 && status <= 299

/** Most replies are read as they came. */
function isReady({ status, headers }: HttpReply): boolean {
  return isSuccess(status) && headers['content-encoding'] === undefined
}

async function readReply(
  { status, headers, bytes: packed }: HttpReply,
  { service, mostBytes }: Limits,
): Promise<HttpReply> {
  const encoding = headers['content-encoding']
  const isPacked = encoding !== undefined && encoding !== 'identity'
  const bytes = isPacked ? await unpack(service, encoding, packed, mostBytes) : packed
  // Servers reply to invalid requests with 4xx and a GraphQL body, which says what is wrong.
  if (!isSuccess(status) && !isGraphQL(bytes)) throw failedStatus(service, status)
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
