import { milliseconds, wholeNumber } from '@cnop/kit/config'
import type { z } from 'zod'

/** Limits and timeouts of streams. */
export const streamFields = {
  STREAMS_AT_ONCE: wholeNumber(2_000, 1),
  STREAMS_PER_ADDRESS: wholeNumber(200, 1),
  STREAMS_PER_USER: wholeNumber(20, 1),
  STREAM_HEARTBEAT_MS: milliseconds(12_000),
  STREAM_PATIENCE_MS: milliseconds(30_000),
  STREAM_READS_AT_ONCE: wholeNumber(16, 1),
  STREAM_READ_SPREAD_MS: milliseconds(3_000),
}

type StreamVariables = z.infer<z.ZodObject<typeof streamFields>>

export type StreamConfig = ReturnType<typeof streamConfig>

export function streamConfig(vars: StreamVariables) {
  return {
    atOnce: vars.STREAMS_AT_ONCE,
    perAddress: vars.STREAMS_PER_ADDRESS,
    perUser: vars.STREAMS_PER_USER,
    /** How often an idle stream sends a heartbeat. */
    heartbeatMs: vars.STREAM_HEARTBEAT_MS,
    /** How long a client may read nothing before its stream is closed. */
    patienceMs: vars.STREAM_PATIENCE_MS,
    /** How streams reread after a gap in the bus. */
    pace: { readsAtOnce: vars.STREAM_READS_AT_ONCE, spreadMs: vars.STREAM_READ_SPREAD_MS },
  } as const
}
