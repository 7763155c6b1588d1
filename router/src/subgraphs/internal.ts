import type { Clock } from '@cnop/kit/clock'
import { type SigningKey, signCall } from '@cnop/kit/identity'
import type { Subgraph } from '@cnop/kit/subgraph'
import { Agent, request } from 'undici'

/** Longer than a subgraph takes to detect that its store is down. */
const usualTimeoutMs = 3_000
/** Bounds the replies; the list of ended sessions is the longest. */
const dispatcher = new Agent({ maxResponseSize: 8 * 1024 * 1024 })

interface RemotePlace {
  readonly name: string
  /** Undefined for a hosted subgraph. */
  readonly url: string | undefined
  readonly signingKeys: readonly [SigningKey, ...SigningKey[]]
}

interface Subject {
  readonly place: RemotePlace
  readonly hosted: Pick<Subgraph, 'routes'> | undefined
}

interface InternalReply {
  readonly statusCode: number
  readonly text: string
}

/** A request to an internal route of a remote subgraph, outside the pool of its calls, whose connections may all hang. */
export async function requestInternal(
  url: string,
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

/** A signed request to an internal route of a remote subgraph; resolves to the text of a reply with status 200. */
export async function requestSigned(
  { name, url, signingKeys }: RemotePlace,
  { path, body, now, requestId = ownRequestId, timeoutMs = usualTimeoutMs }: SignedRequest,
): Promise<string> {
  if (!url) throw new Error(`The ${name} subgraph is neither hosted nor remote.`)
  const identity = { requestId, actor: undefined, clientIp: undefined, userAgent: undefined }
  const { statusCode, text } = await requestInternal(url, path, {
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

/** Reads an internal route of a subgraph, hosted or remote, as JSON text. The signature covers the path. */
export async function readInternal(
  { place, hosted }: Subject,
  path: string,
  now: Clock,
): Promise<string> {
  if (!hosted) return requestSigned(place, { path, body: path, now })
  const [name = '', query] = path.split('?')
  const route = hosted.routes?.[name]
  if (!route) throw new Error(`The ${place.name} subgraph has no route ${name}.`)
  return route(new URLSearchParams(query))
}
