import { Agent } from 'node:http'
import { Agent as SecureAgent } from 'node:https'
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  type DynamoDBClientConfig,
} from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import {
  nameRefusedConnection,
  observeCalls,
  refuseFractions,
  stripRequestToken,
  type StoreCall,
} from './dynamo-middleware.ts'
import { StoreUnavailable } from './errors.ts'
import { createCallNotes, noteCalls, type StoreCallNotes } from './store-calls.ts'
import { isStoreDown } from './store-failure.ts'
import { currentScope } from './tracing/scope.ts'

/** The primary key of a row: `{ pk, sk }`; a key of an index carries that index's two keys as well. */
export type Key = Readonly<Record<string, string>>

/** A row as it is read: every number arrives as a bigint. */
export type Item = Readonly<Record<string, unknown>>

export interface DynamoOptions {
  readonly mode: 'embedded' | 'endpoint' | 'aws'
  readonly region: string
  /** The address of the store; required by `embedded` and `endpoint`, refused by `aws`. */
  readonly endpoint?: string | undefined
  /** Absent: the default chain of AWS, or placeholders for a plain-http endpoint. */
  readonly credentials?:
    { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined
  /** How long one call may take, the SDK's own repeats included; below the router's deadline for a subgraph. */
  readonly deadlineMs?: number | undefined
  /** How long the store may take to answer one request; as long as a call by default. */
  readonly requestTimeoutMs?: number | undefined
  /** Called after every call. */
  readonly observe?: ((call: StoreCall) => void) | undefined
  /** Makes log lines and spans of the calls. */
  readonly notes?: StoreCallNotes | undefined
}

export interface Db {
  /** For reads and idempotent writes: the SDK retries a lost call. */
  readonly documents: DynamoDBDocumentClient
  /** For `transact` only: never retried by the SDK, because a repeat is not always safe. */
  readonly transactions: DynamoDBDocumentClient
  close(): void
}

/** One table of a database. */
export interface Store {
  readonly db: Db
  readonly table: string
}

/** Whether the store refused a single write because its condition does not hold. */
export const isConditionFailed = (error: unknown): boolean =>
  error instanceof ConditionalCheckFailedException

const connectTimeoutMs = 2_000
const defaultDeadlineMs = 2_500
const maxSockets = 64
const readAttempts = { embedded: 8, endpoint: 5, aws: 3 }

/** Opens the connection for any mode. Nothing is sent until the first call. */
export function connect(options: DynamoOptions): Db {
  const place = placeOf(options)
  const { deadlineMs = defaultDeadlineMs } = options
  const { requestTimeoutMs = deadlineMs } = options
  const requestHandler = new NodeHttpHandler({
    httpAgent: new Agent({ keepAlive: true, maxSockets }),
    httpsAgent: new SecureAgent({ keepAlive: true, maxSockets }),
    connectionTimeout: connectTimeoutMs,
    requestTimeout: requestTimeoutMs,
    // Without this the SDK only warns about a call that takes too long.
    throwOnRequestTimeout: true,
  })
  const notes = options.notes && createCallNotes(options.notes)
  const open = (maxAttempts: number): DynamoDBDocumentClient => {
    const client = new DynamoDBClient({ ...place, requestHandler, maxAttempts })
    // It copies every reply for a log that nobody reads.
    client.middlewareStack.remove('loggerMiddleware')
    refuseFractions(client.middlewareStack)
    nameRefusedConnection(client.middlewareStack)
    if (options.mode === 'embedded') {
      stripRequestToken(client.middlewareStack)
      // It evaluates AWS's rules of endpoints for every call, which come to the one address that is given.
      client.middlewareStack.remove('endpointV2Middleware')
    }
    if (options.observe) observeCalls(client.middlewareStack, options.observe)
    if (notes) noteCalls(client.middlewareStack, notes)
    return DynamoDBDocumentClient.from(client, {
      marshallOptions: { removeUndefinedValues: true },
      unmarshallOptions: { wrapNumbers: BigInt },
    })
  }
  return {
    documents: boundCalls(open(readAttempts[options.mode]), deadlineMs),
    transactions: open(1),
    // The document clients' own `destroy` does nothing.
    close: () => {
      requestHandler.destroy()
    },
  }
}

/** While the store is down, all calls but one get this part of the deadline, so that requests do not accumulate. */
const downShare = 1 / 5
/** Calls of jobs and start-up get this multiple of the deadline. */
const jobShare = 4

/**
 * Ends a call at its deadline, repeats and pauses included, so that a dead store is reported before the caller's own
 * deadline passes. A store that is down becomes StoreUnavailable, with the SDK's error as its cause.
 */
function boundCalls(client: DynamoDBDocumentClient, deadlineMs: number): DynamoDBDocumentClient {
  type Send = (command: unknown, options: { abortSignal: AbortSignal }) => Promise<unknown>
  const send = client.send.bind(client) as Send
  let isDown = false
  let isProbing = false
  const bounded = async (command: unknown): Promise<unknown> => {
    const isProbe = isDown && !isProbing
    isProbing ||= isProbe
    const limitMs = isDown && !isProbe ? deadlineMs * downShare : patienceMs(deadlineMs)
    try {
      const answer = await within(limitMs, (abortSignal) => send(command, { abortSignal }))
      isDown = false
      return answer
    } catch (error) {
      const isLost = error instanceof StoreUnavailable || isStoreDown(error)
      isDown = isLost
      throw isLost ? new StoreUnavailable(error) : error
    } finally {
      if (isProbe) isProbing = false
    }
  }
  return Object.assign(client, { send: bounded as typeof client.send })
}

/** Jobs may wait longer than requests. */
const patienceMs = (deadlineMs: number): number =>
  currentScope()?.subgraph === undefined ? deadlineMs * jobShare : deadlineMs

/** The number of steps of a deadline. */
const steps = 5

/**
 * Rejects and aborts the work at its deadline. The deadline consists of several timers, so that a blocked event loop,
 * which cannot receive a reply, is not reported as an outage of the store.
 */
async function within(
  limitMs: number,
  start: (signal: AbortSignal) => Promise<unknown>,
): Promise<unknown> {
  const aborter = new AbortController()
  const work = start(aborter.signal)
  let timer: NodeJS.Timeout | undefined
  const expired = new Promise<never>((_resolve, reject) => {
    const wait = (left: number): void => {
      timer = setTimeout(() => {
        if (left > 1) {
          wait(left - 1)
          return
        }
        reject(new StoreUnavailable(new Error(`No answer within ${limitMs} ms.`)))
        aborter.abort()
      }, limitMs / steps)
    }
    wait(steps)
  })
  try {
    return await Promise.race([work, expired])
  } finally {
    clearTimeout(timer)
    // The outcome of the aborted call is of no interest after the deadline.
    work.catch(() => undefined)
  }
}

/** The form of a signature, whose parts the embedded engine requires and does not check. */
const unchecked = {
  authorization:
    'AWS4-HMAC-SHA256 Credential=local/20000101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
  'x-amz-date': '20000101T000000Z',
}

/** To sign a call would cost more than to send it. */
const unsigned: NonNullable<DynamoDBClientConfig['signer']> = {
  sign: (request) => {
    Object.assign(request.headers, unchecked)
    return Promise.resolve(request)
  },
}

function placeOf(options: DynamoOptions): DynamoDBClientConfig {
  const { mode, region, endpoint, credentials } = options
  if (mode === 'aws') {
    if (endpoint) throw new Error('STORE=aws accepts no endpoint; use STORE=endpoint.')
    return credentials ? { region, credentials } : { region }
  }
  if (!endpoint) throw new Error(`The ${mode} store needs an endpoint.`)
  const madeUp = { accessKeyId: 'local', secretAccessKey: 'local' }
  if (mode === 'embedded') {
    return { region, endpoint, credentials: credentials ?? madeUp, signer: unsigned }
  }
  const isLocal = new URL(endpoint).protocol === 'http:'
  const chosen = credentials ?? (isLocal ? madeUp : undefined)
  return chosen ? { region, endpoint, credentials: chosen } : { region, endpoint }
}
