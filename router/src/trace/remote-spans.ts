import { sealHeaders } from '@cnop/kit/identity'
import type { Clock } from '@cnop/kit/clock'
import type { SpanRecord } from '@cnop/kit/tracing/ring'
import { request } from 'undici'
import { internalAgent } from '../subgraphs/internal.ts'
import type { OpenSubgraph } from '../subgraphs/subgraphs.ts'

const timeoutMs = 1_000

/** What the processes of remote subgraphs kept of a trace, and which of them did not tell. */
interface RemoteSpans {
  readonly spans: readonly SpanRecord[]
  readonly missing: readonly string[]
}

export type ReadRemoteSpans = (
  traceId: string,
  services: readonly string[],
  requestId: string,
) => Promise<RemoteSpans>

/** Asks each remote subgraph that had a part in the trace, under the same seal as every call. */
export function createRemoteReader(
  subgraphs: readonly OpenSubgraph[],
  now: Clock,
): ReadRemoteSpans {
  return async (traceId, services, requestId) => {
    const asked = subgraphs.filter(({ place }) => place.url && services.includes(place.name))
    const answers = await Promise.all(
      asked.map(async (subgraph) => {
        const spans = await askForSpans(subgraph, traceId, requestId, now).catch(() => undefined)
        return { name: subgraph.place.name, spans }
      }),
    )
    return {
      spans: answers.flatMap(({ spans }) => spans ?? []),
      missing: answers.flatMap(({ name, spans }) => (spans ? [] : [name])),
    }
  }
}

async function askForSpans(
  { place: { name, url, sealKeys } }: OpenSubgraph,
  body: string,
  requestId: string,
  now: Clock,
): Promise<readonly SpanRecord[]> {
  const identity = { requestId, actor: undefined, clientIp: undefined, userAgent: undefined }
  const headers = sealHeaders(sealKeys[0], { subgraph: name, body, identity }, now())
  const reply = await request(new URL('/internal/traces', url), {
    method: 'POST',
    headers: { ...headers, 'content-type': 'text/plain' },
    body,
    dispatcher: internalAgent,
    signal: AbortSignal.timeout(timeoutMs),
  })
  if (reply.statusCode !== 200) throw new Error(`${name} answered ${reply.statusCode}.`)
  const { spans } = (await reply.body.json()) as { spans: readonly SpanRecord[] }
  return spans
}
