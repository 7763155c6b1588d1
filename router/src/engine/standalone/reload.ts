/** Swaps supergraphs while requests go on. */
import type { Log } from '@cnop/kit/log'
import type { Engine } from '../engine.ts'
import type { DocumentCheck } from './document-check.ts'
import type { StandaloneMetrics } from './metrics.ts'
import type { SourceNotice } from './supergraph-source.ts'
import type { RemoteTransport } from './transport.ts'

/** The documents that are compiled for another supergraph before it is served. */
const mostWarmed = 100

export interface Reloading {
  readonly engine: Engine
  readonly transport: Pick<RemoteTransport, 'setUrls'>
  readonly documents: Pick<DocumentCheck, 'recent'>
  readonly metrics: StandaloneMetrics | undefined
  readonly log: Log
  /** The addresses that the configuration and a supergraph name. */
  readonly urlsOf: (supergraphSdl: string) => Map<string, string>
}

/** What clients asked for lately is compiled for the next supergraph before it is served. */
export function reload(parts: Reloading): SourceNotice {
  const { engine, transport, documents, metrics, log, urlsOf } = parts
  return {
    onChange: async (supergraphSdl) => {
      const present = engine.supergraphSdl()
      const known = documents.recent(mostWarmed).map((document) => ({ document }))
      try {
        transport.setUrls(new Map([...urlsOf(present), ...urlsOf(supergraphSdl)]))
        await engine.load(supergraphSdl, known)
        transport.setUrls(urlsOf(supergraphSdl))
        metrics?.onSupergraph('loaded')
        log.info({ action: 'supergraph.loaded' }, 'Another supergraph is served.')
      } catch (error) {
        transport.setUrls(urlsOf(present))
        metrics?.onSupergraph('refused')
        log.error(
          { action: 'supergraph.refused', error },
          'A supergraph was refused; the present one stays.',
        )
      }
    },
    onFailure: (error, isNew) => {
      metrics?.onSupergraph('unread')
      if (!isNew) return
      log.error({ action: 'supergraph.unread', error }, 'The supergraph could not be read.')
    },
  }
}
