import type { Clock } from '@cnop/kit/clock'
import { ringLimits } from '@cnop/kit/tracing/ring'
import type { Tracing } from '@cnop/kit/tracing/tracing'
import { type Request, type RequestHandler, Router } from 'express'
import type { Engine } from '../engine/engine.ts'
import { Refusal } from '../errors/refusal.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { contextOf } from '../edge/request-context.ts'
import { onlyParameters } from '../guard/parameters.ts'
import type { OpenSubgraph } from '../subgraphs/subgraphs.ts'
import { createDocuments, type Documents } from './documents.ts'
import { createRemoteReader, type ReadRemoteSpans } from './remote-spans.ts'
import { askedServices, joinSummaries, joinTraces, summarise, viewSpans } from './trace-view.ts'
import { Kind, parse, print, visit } from 'graphql'
import type { PlannedCall } from '../engine/explain.ts'

/** What is recorded, and what it takes to show it. */
export interface Traces {
  readonly tracing: Tracing
  readonly documents: Documents
  readonly plan: Engine['plan']
  readonly readRemoteSpans: ReadRemoteSpans
  readonly fleet: Fleet
}

interface TraceParts extends Pick<Traces, 'tracing' | 'plan'> {
  readonly subgraphs: readonly OpenSubgraph[]
  readonly fleet: Fleet
  readonly now: Clock
}

export const openTraces = ({ tracing, plan, subgraphs, fleet, now }: TraceParts): Traces => ({
  tracing,
  fleet,
  documents: createDocuments(),
  plan,
  readRemoteSpans: createRemoteReader(subgraphs, now),
})

const refuseField = (field: string, reason: string): Refusal =>
  new Refusal('BAD_USER_INPUT', `${field}: ${reason}`, { details: { field, reason } })

const usualLength = 50

function readLimit({ limit }: Request['query']): number {
  if (limit === undefined) return usualLength
  const length = typeof limit === 'string' && /^\d{1,3}$/.test(limit) ? parseInt(limit, 10) : 0
  if (length >= 1 && length <= ringLimits.traces) return length
  throw refuseField('limit', `must be 1 to ${ringLimits.traces}`)
}

const readRequestId = ({ requestId }: Request['query']): string | undefined =>
  typeof requestId === 'string' ? requestId : undefined

function readTraceId(text: string | undefined): string {
  if (/^[0-9a-f]{32}$/.test(text ?? '')) return text ?? ''
  throw refuseField('id', 'must be 32 hexadecimal digits')
}

/**
 * The last traces of all routers for operators, and in the demo for every caller: `GET /` lists them, newest first; `GET /:id` has the
 * spans and the query plan.
 */
export function createTraceEndpoint(traces: Traces, readJson: RequestHandler[]): Router {
  const router = Router()
  router.get('/', onlyParameters('limit', 'requestId'), readJson, listTraces(traces))
  router.get('/:id', onlyParameters(), ...readJson, showTrace(traces))
  return router
}

interface ListQuery {
  readonly limit: number
  readonly requestId?: string | undefined
}

function listTraces({ tracing: { ring, sampleRatio }, fleet }: Traces): RequestHandler {
  const read = fleet.view('traces', ({ limit, requestId }: ListQuery) =>
    ring
      .list()
      .flatMap((trace) => summarise(trace) ?? [])
      .filter((summary) => requestId === undefined || summary.requestId === requestId)
      .slice(0, limit),
  )
  return async ({ query }, response) => {
    const limit = readLimit(query)
    const { parts, missing } = await read({ limit, requestId: readRequestId(query) })
    const traces = joinSummaries(parts.map(({ router, part }) => ({ router, traces: part })))
    response.setHeader('Cache-Control', 'no-store')
    response.json({
      ...{ sampleRatio, capacity: ringLimits.traces },
      ...{ traces: traces.slice(0, limit), missing },
    })
  }
}

function showTrace(traces: Traces): RequestHandler<{ id: string }> {
  const { tracing, documents, plan, readRemoteSpans, fleet } = traces
  const read = fleet.view('trace', async (id: string) => ({
    kept: tracing.ring.find(id) ?? null,
    plan: await planOf(plan, documents.find(id)),
  }))
  return async ({ params: { id } }, response) => {
    const { parts, missing } = await read(readTraceId(id))
    const kept = joinTraces(parts.flatMap(({ part }) => part.kept ?? []))
    const summary = kept && summarise(kept)
    if (!summary) throw new Refusal('NOT_FOUND', 'There is no such trace, or no longer.')
    const { requestId } = contextOf(response)
    const far = await readRemoteSpans(id, askedServices(kept.spans), requestId)
    const spans = viewSpans([...kept.spans, ...far.spans])
    response.setHeader('Cache-Control', 'no-store')
    response.json({
      ...summary,
      spans,
      dropped: kept.dropped,
      missing: [...far.missing, ...missing],
      plan: parts.find(({ part }) => part.plan !== null)?.part.plan ?? null,
    })
  }
}

type TracedPlan = readonly PlannedCall[] | null

/** The calls that the operation of a trace was planned as; null where it never came to a plan. */
async function planOf(
  plan: Engine['plan'],
  document: ReturnType<Documents['find']>,
): Promise<TracedPlan> {
  if (!document) return null
  try {
    const { calls } = await plan(document.text, document.operationName)
    return calls.map((call) => ({ ...call, operation: withoutValues(call.operation) }))
  } catch {
    // Refused before planning, or of another supergraph than the present one.
    return null
  }
}

/** What a client wrote into its document may be as secret as its variables. */
function withoutValues(operation: string): string {
  const hidden = visit(parse(operation), {
    [Kind.STRING]: (node) => ({ ...node, value: '…', block: false }),
    [Kind.INT]: (node) => ({ ...node, value: '0' }),
    [Kind.FLOAT]: (node) => ({ ...node, value: '0' }),
  })
  return print(hidden)
}
