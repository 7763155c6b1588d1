import { request } from 'undici'
import type { OpenSubgraph } from './subgraphs.ts'

const timeoutMs = 2_000

/** Reads one of a subgraph's internal routes, near or far, as JSON text. */
export async function readInternal({ place, hosted }: OpenSubgraph, path: string): Promise<string> {
  if (hosted) {
    const route = hosted.routes?.[path]
    if (!route) throw new Error(`The ${place.name} subgraph has no route ${path}.`)
    return route()
  }
  if (!place.url) throw new Error(`The ${place.name} subgraph is neither hosted nor remote.`)
  const { statusCode, body } = await request(new URL(path, place.url), {
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    signal: AbortSignal.timeout(timeoutMs),
  })
  const text = await body.text()
  if (statusCode !== 200) throw new Error(`${place.name} answered ${statusCode} to ${path}.`)
  return text
}
