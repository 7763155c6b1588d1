import { Agent } from 'node:http'
import { Agent as SecureAgent } from 'node:https'
import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import {
  nameRefusedConnection,
  observeCalls,
  refuseFractions,
  stripRequestToken,
  type StoreCall,
} from './dynamo-middleware.ts'
import { noteCalls, type StoreCallNotes } from './store-calls.ts'

/** The primary key of a row: `{ pk, sk }`; a key of an index carries that index's two keys as well. */
export type Key = Readonly<Record<string, string>>

/** A row as it is read: every number arrives as a bigint. */
export type Item = Readonly<Record<string, unknown>>

export interface DynamoOptions {
  readonly mode: 'embedded' | 'endpoint' | 'aws'
  readonly region: string
  /** Where the store listens; needed by `embedded` and `endpoint`, refused by `aws`. */
  readonly endpoint?: string | undefined
  /** Absent: the default chain of AWS, or made-up ones for a plain-http endpoint, which AWS never is. */
  readonly credentials?:
    { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined
  /** How long the store may take to answer one request; five seconds unless told otherwise. */
  readonly requestTimeoutMs?: number | undefined
  /** Hears of every call when it has ended. */
  readonly observe?: ((call: StoreCall) => void) | undefined
  /** Makes log lines and spans of the calls. */
  readonly notes?: StoreCallNotes | undefined
}

export interface Db {
  /** For reads and for writes that may safely be made twice: the SDK repeats a call that was lost. */
  readonly documents: DynamoDBDocumentClient
  /** For `transact` alone: a call is sent once, because only its caller can tell what a repeat would mean. */
  readonly transactions: DynamoDBDocumentClient
  close(): void
}

const connectTimeoutMs = 2_000
const maxSockets = 64
const readAttempts = { embedded: 8, endpoint: 5, aws: 3 }

/** Opens the one data path that every mode uses. Nothing is sent until the first call. */
export function connect(options: DynamoOptions): Db {
  const place = placeOf(options)
  const { requestTimeoutMs = 5_000 } = options
  const requestHandler = new NodeHttpHandler({
    httpAgent: new Agent({ keepAlive: true, maxSockets }),
    httpsAgent: new SecureAgent({ keepAlive: true, maxSockets }),
    connectionTimeout: connectTimeoutMs,
    requestTimeout: requestTimeoutMs,
    // Without this the SDK only warns about a call that takes too long.
    throwOnRequestTimeout: true,
  })
  const open = (maxAttempts: number): DynamoDBDocumentClient => {
    const client = new DynamoDBClient({ ...place, requestHandler, maxAttempts })
    refuseFractions(client.middlewareStack)
    nameRefusedConnection(client.middlewareStack)
    if (options.mode === 'embedded') stripRequestToken(client.middlewareStack)
    if (options.observe) observeCalls(client.middlewareStack, options.observe)
    if (options.notes) noteCalls(client.middlewareStack, options.notes)
    return DynamoDBDocumentClient.from(client, {
      marshallOptions: { removeUndefinedValues: true },
      unmarshallOptions: { wrapNumbers: BigInt },
    })
  }
  return {
    documents: open(readAttempts[options.mode]),
    transactions: open(1),
    // The document clients' own `destroy` does nothing.
    close: () => {
      requestHandler.destroy()
    },
  }
}

function placeOf(options: DynamoOptions): DynamoDBClientConfig {
  const { mode, region, endpoint, credentials } = options
  if (mode === 'aws') {
    if (endpoint) throw new Error('A store in AWS takes no endpoint: STORE=endpoint takes one.')
    return credentials ? { region, credentials } : { region }
  }
  if (!endpoint) throw new Error(`The ${mode} store needs an endpoint.`)
  const madeUp = { accessKeyId: 'local', secretAccessKey: 'local' }
  const isLocal = mode === 'embedded' || new URL(endpoint).protocol === 'http:'
  const chosen = credentials ?? (isLocal ? madeUp : undefined)
  return chosen ? { region, endpoint, credentials: chosen } : { region, endpoint }
}
