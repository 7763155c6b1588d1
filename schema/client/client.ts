import { type Body, PlatformError, temporary, toError, toNetworkError } from './errors.ts'
import * as documents from './generated/graphql.ts'
import { readEvents } from './events.ts'

export { PlatformError } from './errors.ts'
export type * from './generated/graphql.ts'

export interface ClientOptions {
  /** The API, for example `https://trade.example`. */
  readonly url: string
  /** The token of an earlier sign-in. `signIn` and `refreshSession` set it, `signOut` removes it. */
  readonly accessToken?: string
  /** How often a request is sent at most; 4 by default. */
  readonly attempts?: number
  /** A request is not repeated when the platform asks for a longer wait, in milliseconds; 10,000 by default. */
  readonly longestWaitMs?: number
  readonly fetch?: typeof fetch
}

type Documents = typeof documents
type Typed<Result, Variables> = documents.TypedDocumentString<Result, Variables>
type NoVariables = Readonly<Record<string, never>>

/** The types that generated code gives to the variables of an operation without any. */
type Call<Variables, Returned> = Variables extends NoVariables
  ? () => Returned
  : object extends Variables
    ? (variables?: Variables) => Returned
    : (variables: Variables) => Returned

export interface FollowOptions {
  /** Ends the stream. */
  readonly signal?: AbortSignal
}

/** One method for each query and mutation of `operations.graphql`: `ClientPlaceOrder` is `placeOrder`. */
export type Requests = {
  [
    Name in keyof Documents as Name extends `Client${infer Method}Document`
      ? Method extends `Follow${string}`
        ? never
        : Uncapitalize<Method>
      : never
  ]: Documents[Name] extends Typed<infer Result, infer Variables>
    ? Call<Variables, Promise<Result>>
    : never
}

/** One method for each subscription of `follow.stream.graphql`: `ClientFollowPrices` is `followPrices`. */
export type Streams = {
  [
    Name in keyof Documents as Name extends `Client${infer Method}Document`
      ? Method extends `Follow${string}`
        ? Uncapitalize<Method>
        : never
      : never
  ]: Documents[Name] extends Typed<infer Result, infer Variables>
    ? (variables: Variables, options?: FollowOptions) => AsyncGenerator<Result>
    : never
}

export interface PlatformClient extends Requests, Streams {
  accessToken: string | undefined
}

/** A new idempotency key. Send the same key again to learn the outcome of a command whose answer was lost. */
export const newKey = (): string => crypto.randomUUID()

type Variables = Readonly<Record<string, unknown>>

interface Operation {
  readonly id: string
  readonly isQuery: boolean
}

/** The methods of a client, by name. */
const operations = new Map(
  Object.entries(documents).flatMap(([name, document]) => {
    const [, method] = /^Client(\w+)Document$/.exec(name) ?? []
    const id = (document as { __meta__?: Record<string, unknown> }).__meta__?.['hash']
    if (method === undefined || typeof id !== 'string') return []
    const isQuery = String(document).trimStart().startsWith('query')
    return [[`${method.charAt(0).toLowerCase()}${method.slice(1)}`, { id, isQuery }] as const]
  }),
)

function hasKey({ input }: Variables): boolean {
  return typeof input === 'object' && input !== null && 'key' in input
}

/** Doubles with each attempt; half of it is random, so that clients do not return together. */
function waitMs(attempt: number): number {
  const [chance = 0] = crypto.getRandomValues(new Uint8Array(1))
  return 200 * 2 ** attempt * (0.5 + chance / 512)
}

const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal?.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })

/** How requests reach the platform. */
interface Connection {
  readonly attempts: number
  readonly longestWaitMs: number
  accessToken: string | undefined
  /** Resolves to an answer of any status; rejects with `NETWORK` without one. */
  send(path: '/graphql' | '/stream', call: SentCall): Promise<Response>
}

interface SentCall {
  readonly id: string
  readonly variables: Variables
  readonly signal?: AbortSignal | undefined
}

function connect({ url, accessToken, ...options }: ClientOptions): Connection {
  const { attempts = 4, longestWaitMs = 10_000, fetch: sendRequest = fetch } = options
  return {
    attempts,
    longestWaitMs,
    accessToken,
    send(path, { id, variables, signal }) {
      return sendRequest(new URL(path, url), {
        method: 'POST',
        headers: {
          accept: path === '/stream' ? 'text/event-stream' : 'application/json',
          'content-type': 'application/json',
          ...(this.accessToken !== undefined && { authorization: `Bearer ${this.accessToken}` }),
        },
        body: JSON.stringify({
          variables,
          extensions: { persistedQuery: { version: 1, sha256Hash: id } },
        }),
        ...(signal && { signal }),
      }).catch((error: unknown) => {
        throw toNetworkError(error)
      })
    },
  }
}

const readBody = (response: Response): Promise<Body> =>
  (response.json() as Promise<Body>).catch(() => ({}))

/** Waits before the next attempt; throws the error when there is none. */
async function waitAfter(
  error: unknown,
  attempt: number,
  { attempts, longestWaitMs }: Connection,
): Promise<void> {
  if (!(error instanceof PlatformError) || !temporary.has(error.code)) throw error
  const { retryAfterSeconds } = error
  const ms = retryAfterSeconds === undefined ? waitMs(attempt) : retryAfterSeconds * 1000
  if (attempt + 1 >= attempts || ms > longestWaitMs) throw error
  await sleep(ms)
}

async function request(
  connection: Connection,
  { id, isQuery }: Operation,
  variables: Variables,
): Promise<Variables> {
  for (let attempt = 0; ; attempt++) {
    try {
      const response = await connection.send('/graphql', { id, variables })
      const body = await readBody(response)
      if (!response.ok || !body.data || body.errors) throw toError(response, body)
      keepToken(connection, body.data)
      return body.data
    } catch (error) {
      // A mutation without an idempotency key might take effect twice.
      if (!isQuery && !hasKey(variables)) throw error
      await waitAfter(error, attempt, connection)
    }
  }
}

function keepToken(connection: Connection, data: Variables): void {
  const session = (data['signIn'] ?? data['refreshSession']) as
    { readonly accessToken: string } | undefined
  if (session) connection.accessToken = session.accessToken
  if ('signOut' in data) connection.accessToken = undefined
}

/** Connects again when the connection breaks; every connection begins with a snapshot. */
async function* follow(
  connection: Connection,
  { id }: Operation,
  variables: Variables,
  signal?: AbortSignal,
): AsyncGenerator {
  const isOver = (): boolean => signal?.aborted === true
  for (let attempt = 0; !isOver(); attempt++) {
    try {
      const response = await connection.send('/stream', { id, variables, signal })
      if (!response.ok) throw toError(response, await readBody(response))
      for await (const event of readEvents(response)) {
        const { data, errors } = event as Body
        if (errors) throw toError(response, { errors })
        attempt = -1
        yield data
      }
    } catch (error) {
      if (isOver()) return
      await waitAfter(
        error instanceof PlatformError ? error : toNetworkError(error),
        attempt,
        connection,
      )
    }
  }
}

/** Creates a client of the platform's persisted operations, which production accepts too. */
export function createClient(options: ClientOptions): PlatformClient {
  const connection = connect(options)
  const methods = [...operations].map(([name, operation]) => [
    name,
    name.startsWith('follow')
      ? (variables: Variables, { signal }: FollowOptions = {}) =>
          follow(connection, operation, variables, signal)
      : (variables: Variables = {}) => request(connection, operation, variables),
  ])
  return Object.defineProperty(Object.fromEntries(methods) as PlatformClient, 'accessToken', {
    get: () => connection.accessToken,
    set: (token: string | undefined) => {
      connection.accessToken = token
    },
  })
}
