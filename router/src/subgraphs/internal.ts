import type { Clock } from '@cnop/kit/clock'
import { sealHeaders } from '@cnop/kit/identity'
import { Agent, request } from 'undici'
import type { OpenSubgraph } from './subgraphs.ts'

/** Longer than a subgraph takes to find out that its store is down. */
const timeoutMs = 3_000
/** Bounds the answers; a list of ended sessions is the longest of them. */
export const internalAgent = new Agent({ maxResponseSize: 8 * 1024 * 1024 })
/** No request of a client causes these calls. */
const requestId = 'router'

/**
 * Reads one of a subgraph's own internal routes, hosted or remote, as JSON text. A remote subgraph answers them to
 * signed calls only; the signature covers the path.
 */
export async function readInternal(
  { place, hosted }: OpenSubgraph,
  path: string,
  now: Clock,
): Promise<string> {
  if (hosted) {
    const route = hosted.routes?.[path]
    if (!route) throw new Error(`The ${place.name} subgraph has no route ${path}.`)
    return route()
  }
  if (!place.url) throw new Error(`The ${place.name} subgraph is neither hosted nor remote.`)
  const { name: subgraph, sealKeys, url } = place
  const identity = { requestId, actor: undefined, clientIp: undefined, userAgent: undefined }
  const { statusCode, body } = await request(new URL(path, url), {
    method: 'POST',
    headers: {
      ...sealHeaders(sealKeys[0], { subgraph, body: path, identity }, now()),
      'content-type': 'text/plain',
    },
    body: path,
    dispatcher: internalAgent,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    signal: AbortSignal.timeout(timeoutMs),
  })
  const text = await body.text()
  if (statusCode !== 200) throw new Error(`${place.name} answered ${statusCode} to ${path}.`)
  return text
}

/**
 * Reads the health of a remote subgraph, which is open to everybody who reaches its port. A service that is not well
 * answers 503 with the same report.
 */
export async function readRemoteHealth(url: string): Promise<string> {
  const { statusCode, body } = await request(new URL('/internal/health', url), {
    dispatcher: internalAgent,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    signal: AbortSignal.timeout(timeoutMs),
  })
  const text = await body.text()
  if (statusCode !== 200 && statusCode !== 503)
    throw new Error(`${url} answered ${statusCode} when asked for its health.`)
  return text
}
