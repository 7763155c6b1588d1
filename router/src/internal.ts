import type { Clock } from '@cnop/kit/clock'
import { sealHeaders } from '@cnop/kit/identity'
import { request } from 'undici'
import type { OpenSubgraph } from './subgraphs.ts'

const timeoutMs = 2_000
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
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    signal: AbortSignal.timeout(timeoutMs),
  })
  const text = await body.text()
  if (statusCode !== 200) throw new Error(`${place.name} answered ${statusCode} to ${path}.`)
  return text
}

/** Asks a remote subgraph how it is; that is open to everybody who reaches its port. */
export async function readRemoteHealth(url: string): Promise<string> {
  const { statusCode, body } = await request(new URL('/internal/health', url), {
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    signal: AbortSignal.timeout(timeoutMs),
  })
  const text = await body.text()
  if (statusCode !== 200) throw new Error(`${url} answered ${statusCode} when asked for its health.`)
  return text
}
