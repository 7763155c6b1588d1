import type { Clock } from '@cnop/kit/clock'
import type { SpanRecord } from '@cnop/kit/tracing/ring'
import { type InternalAddress, requestSigned } from '../subgraphs/internal.ts'
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

/** Reads from each copy of each remote subgraph that took part in the trace, with a signed call. */
export function createRemoteReader(
  subgraphs: readonly OpenSubgraph[],
  now: Clock,
): ReadRemoteSpans {
  return async (traceId, services, requestId) => {
    const asked = subgraphs
      .filter(({ place }) => services.includes(place.name))
      .flatMap(({ place, addresses }) =>
        addresses().map((address, _index, all) => ({
          place,
          address,
          name: all.length > 1 ? `${place.name} at ${address.name}` : place.name,
        })),
      )
    const answers = await Promise.all(
      asked.map(async ({ place, address, name }) => {
        const spans = await askForSpans(place, address, { traceId, requestId, now }).catch(
          () => undefined,
        )
        return { name, spans }
      }),
    )
    return {
      spans: answers.flatMap(({ spans }) => spans ?? []),
      missing: answers.flatMap(({ name, spans }) => (spans ? [] : [name])),
    }
  }
}

async function askForSpans(
  place: OpenSubgraph['place'],
  address: InternalAddress,
  { traceId, requestId, now }: { traceId: string; requestId: string; now: Clock },
): Promise<readonly SpanRecord[]> {
  const call = { path: '/internal/traces', body: traceId, now, requestId, timeoutMs }
  const text = await requestSigned(place, address, call)
  return (JSON.parse(text) as { spans: readonly SpanRecord[] }).spans
}
