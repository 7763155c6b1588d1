import { performance } from 'node:perf_hooks'
import { BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-node'
import type { Log } from '../log.ts'

const timeoutMillis = 2_000
const complainEveryMs = 60_000

/** Exports spans in batches, outside of requests: a full queue drops spans, and requests never wait for the receiver. */
export async function openExport(endpoint: string, log: Log): Promise<BatchSpanProcessor> {
  // Loaded here only: most processes send nothing.
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http')
  const exporter = new OTLPTraceExporter({ url: tracesUrl(endpoint), timeoutMillis })
  return new BatchSpanProcessor(complainOfFailures(exporter, log), {
    maxQueueSize: 2_048,
    maxExportBatchSize: 512,
    scheduledDelayMillis: 1_000,
    exportTimeoutMillis: timeoutMillis,
  })
}

/** As the standard says: the path of traces below the common endpoint. */
const tracesUrl = (endpoint: string): string => `${endpoint.replace(/\/+$/, '')}/v1/traces`

const succeeded = 0

function complainOfFailures(exporter: SpanExporter, log: Log): SpanExporter {
  let quietUntil = 0
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        const code: number = result.code
        if (code !== succeeded && performance.now() >= quietUntil) {
          quietUntil = performance.now() + complainEveryMs
          const extra = { spans: spans.length, reason: result.error?.message }
          log.warn({ action: 'trace.unsent', extra }, 'Traces could not be sent.')
        }
        done(result)
      }),
    shutdown: () => exporter.shutdown(),
  }
}
