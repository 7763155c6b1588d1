import type { Clock } from '@cnop/kit/clock'
import type { SpanRecord } from '@cnop/kit/tracing/ring'
import { requestSigned } from '../subgraphs/internal.ts'
import type { OpenSubgraph } from '../subgraphs/subgraphs.ts'

const timeoutMs = 1_000

/** The spans of a trace in remote processes, and which of them did not reply. */
interface RemoteSpans {
  readonly spans: readonly SpanRecord[]
  readonly missing: readonly string[]
}

export type ReadRemoteSpans = (
  traceId: string,
  services: readonly string[],
  requestId: string,
) => Promise<RemoteSpans>

/** Reads from each remote subgraph that took part in the trace, with a signed call. */
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
  { place }: OpenSubgraph,
  traceId: string,
  requestId: string,
  now: Clock,
): Promise<readonly SpanRecord[]> {
  const call = { path: '/internal/traces', body: traceId, now, requestId, timeoutMs }
  const { spans } = JSON.parse(await requestSigned(place, call)) as { spans: readonly SpanRecord[] }
  return spans
}
