/**
 * One service over HTTP: posts GraphQL requests over kept-alive connections. Compressed bodies are
 * decompressed; sizes and durations are bounded.
 */
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'
import { isResult, withoutMark } from '../call/reply.ts'
import { reasonOf, type CancelSignal } from '../cancellation.ts'
import type { Exchange } from './connection.ts'
import { Connections } from './connection-pool.ts'
import { Call, unavailable, type CallLimits, type HttpReply } from './remote-call.ts'
import { SubgraphFault } from '../transport.ts'

export interface RemoteOptions {
  readonly service: string
  readonly url: string
  readonly connections?: number | undefined
  /** The longest time from the call to the last byte of its reply. */
  readonly timeoutMs?: number | undefined
  readonly mostBytes?: number | undefined
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

const defaultConnections = 32
const defaultTimeoutMs = 30_000
const defaultMostBytes = 32 * 1024 * 1024

export function openRemote(options: RemoteOptions): Remote {
  const url = new URL(options.url)
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs
  const mostBytes = options.mostBytes ?? defaultMostBytes
  const limits = { service: options.service, mostBytes, timeoutMs }
  const most = options.connections ?? defaultConnections
  const connections = new Connections(url, { most, connectTimeoutMs: timeoutMs })
  const head = openHead(url)
  const read = (reply: HttpReply) => readReply(reply, limits)
  return {
    post: (body, { headers, signal, isRepeatable = false } = {}) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(reasonOf(signal))
          return
        }
        try {
          const request = requestOf(head(headers), body)
          const outcome = { resolve, reject }
          const options = { ...request, isRepeatable, signal, outcome, read }
          connections.send(new Call(connections, limits, options))
        } catch (error) {
          reject(unavailable(limits.service, error))
        }
      }),
    close: () => {
      connections.close()
      return Promise.resolve()
    },
    leave: () => connections.leave(),
  }
}

const fixedHeaders: CallHeaders = {
  connection: 'keep-alive',
  'content-type': 'application/json',
  accept: 'application/graphql-response+json, application/json',
  'accept-encoding': 'gzip, br, deflate',
}

type CallHeaders = Readonly<Record<string, string>>

const headerName = /^[!#$%&'*+\-.^_`|~\da-z]+$/i
const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/

/** Writes the head of requests to a URL, up to their length. */
function openHead({ host, pathname, search }: URL): (headers: CallHeaders | undefined) => string {
  const start = `POST ${pathname}${search} HTTP/1.1\r\nhost: ${host}\r\n`
  const plain = start + linesOf(fixedHeaders)
  return (headers) => (headers ? start + linesOf({ ...fixedHeaders, ...headers }) : plain)
}

function linesOf(headers: CallHeaders): string {
  return Object.entries(headers)
    .map(([name, value]) => {
      // A line break would begin another header, or another request.
      if (headerName.test(name) && headerValue.test(value)) return `${name}: ${value}\r\n`
      throw new Error('A header of the call cannot be sent.')
    })
    .join('')
}

function requestOf(head: string, body: string): Pick<Exchange, 'text' | 'body'> {
  const length = Buffer.byteLength(body)
  const start = `${head}content-length: ${length}\r\n\r\n`
  // Only ASCII takes as many bytes as characters.
  return length === body.length ? { text: start + body, body: '' } : { text: start, body }
}

const isSuccess = (status: number) => status >= 200 && status <= 299

/** Most replies are read as they came. */
function readReply(reply: HttpReply, limits: CallLimits): HttpReply | Promise<HttpReply> {
  const isReady = isSuccess(reply.status) && reply.contentEncoding === undefined
  return isReady ? reply : readOther(reply, limits)
}

async function readOther(reply: HttpReply, { service, mostBytes }: CallLimits): Promise<HttpReply> {
  const { status, contentEncoding: encoding, bytes: packed } = reply
  const isPacked = encoding !== undefined && encoding !== 'identity'
  const bytes = isPacked ? await unpack(service, encoding, packed, mostBytes) : packed
  // Servers reply to invalid requests with 4xx and a GraphQL body, which says what is wrong.
  if (!isSuccess(status) && !isGraphQL(bytes)) throw failedStatus(service, status)
  return { ...reply, bytes }
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
