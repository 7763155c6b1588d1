import type { Clock } from '@cnop/kit/clock'
import { type SigningKey, signCall } from '@cnop/kit/identity'
import type { Subgraph } from '@cnop/kit/subgraph'
import { type Dispatcher, request } from 'undici'

/** Longer than a subgraph takes to detect that its store is down. */
const usualTimeoutMs = 3_000

interface RemotePlace {
  readonly name: string
  readonly signingKeys: readonly [SigningKey, ...SigningKey[]]
}

/** Where the internal routes of one copy are. */
export interface InternalAddress {
  readonly name: string
  readonly url: string
  readonly dispatcher: Dispatcher
}

interface Subject {
  readonly place: RemotePlace
  readonly hosted: Pick<Subgraph, 'routes'> | undefined
  /** Those in service first. */
  readonly addresses: () => readonly InternalAddress[]
}

interface InternalReply {
  readonly statusCode: number
  readonly text: string
}

/** A request to an internal route of a copy, outside the pool of its calls, whose connections may all hang. */
export async function requestInternal(
  { url, dispatcher }: InternalAddress,
  path: string,
  options: {
    readonly method?: 'GET' | 'POST'
    readonly headers?: Record<string, string>
    readonly body?: string
    readonly timeoutMs?: number
  } = {},
): Promise<InternalReply> {
  const { timeoutMs = usualTimeoutMs, method = 'GET', headers = {}, body = null } = options
  const reply = await request(new URL(path, url), {
    ...{ method, headers, body, dispatcher },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    signal: AbortSignal.timeout(timeoutMs),
  })
  return { statusCode: reply.statusCode, text: await reply.body.text() }
}

/** No request of a client causes these calls. */
const ownRequestId = 'router'

interface SignedRequest {
  readonly path: string
  readonly body: string
  readonly now: Clock
  readonly requestId?: string
  readonly timeoutMs?: number
}

/** A signed request to an internal route of a copy; resolves to the text of a reply with status 200. */
export async function requestSigned(
  { name, signingKeys }: RemotePlace,
  address: InternalAddress,
  { path, body, now, requestId = ownRequestId, timeoutMs = usualTimeoutMs }: SignedRequest,
): Promise<string> {
  const identity = { requestId, actor: undefined, clientIp: undefined, userAgent: undefined }
  const { statusCode, text } = await requestInternal(address, path, {
    method: 'POST',
    headers: {
      ...signCall(signingKeys[0], { subgraph: name, body, identity }, now()),
      'content-type': 'text/plain',
    },
    body,
    timeoutMs,
  })
  if (statusCode !== 200) throw new Error(`${name} answered ${statusCode} to ${path}.`)
  return text
}

/** Reads an internal route of a subgraph as JSON text: of the first copy that replies. The signature covers the path. */
export async function readInternal(
  { place, hosted, addresses }: Subject,
  path: string,
  now: Clock,
): Promise<string> {
  if (!hosted) return readFirst(place, addresses(), { path, body: path, now })
  const [name = '', query] = path.split('?')
  const route = hosted.routes?.[name]
  if (!route) throw new Error(`The ${place.name} subgraph has no route ${name}.`)
  return route(new URLSearchParams(query))
}

async function readFirst(
  place: RemotePlace,
  addresses: readonly InternalAddress[],
  request: SignedRequest,
): Promise<string> {
  let failure: unknown
  for (const address of addresses) {
    try {
      return await requestSigned(place, address, request)
    } catch (error) {
      failure = error
    }
  }
  throw failure
}
