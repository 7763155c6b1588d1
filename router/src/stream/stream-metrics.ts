import { Counter, Gauge, type Registry } from 'prom-client'

/** Why a stream ended. */
export type StreamEnd = 'left' | 'expired' | 'session_ended' | 'too_slow' | 'failed' | 'stopping'

export interface StreamMetrics {
  opened(stream: string): void
  sent(stream: string): void
  closed(stream: string, reason: StreamEnd): void
}

export function createStreamMetrics(registry: Registry): StreamMetrics {
  const registers = [registry]
  const open = new Gauge({
    name: 'gateway_streams_open',
    help: 'Streams that are open now.',
    labelNames: ['stream'] as const,
    registers,
  })
  const events = new Counter({
    name: 'gateway_stream_events_total',
    help: 'Events that were sent to streams.',
    labelNames: ['stream'] as const,
    registers,
  })
  const closed = new Counter({
    name: 'gateway_streams_closed_total',
    help: 'Streams that ended, by reason.',
    labelNames: ['stream', 'reason'] as const,
    registers,
  })
  return {
    opened: (stream) => open.inc({ stream }),
    sent: (stream) => events.inc({ stream }),
    closed: (stream, reason) => {
      open.dec({ stream })
      closed.inc({ stream, reason })
    },
  }
}
