import { createLimitedMap } from '../engine/limited-map.ts'
import { ringLimits } from '@cnop/kit/tracing/ring'
import type { RequestContext } from '../edge/request-context.ts'

interface TracedDocument {
  readonly text: string
  readonly operationName: string | undefined
}

/** The documents of the kept traces, so that their plans can be shown. */
export interface Documents {
  keep(traceId: string, context: Pick<RequestContext, 'document' | 'operationName'>): void
  find(traceId: string): TracedDocument | undefined
}

/** Longer documents are not kept; every persisted document is shorter. */
const longestDocument = 16_384

export function createDocuments(): Documents {
  const documents = createLimitedMap<TracedDocument>(ringLimits.traces)
  return {
    keep: (traceId, { document, operationName }) => {
      if (document === undefined) return
      if (document.length + (operationName?.length ?? 0) > longestDocument) return
      documents.set(traceId, { text: document, operationName })
    },
    find: (traceId) => documents.get(traceId),
  }
}
