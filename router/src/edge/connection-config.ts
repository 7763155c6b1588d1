import { milliseconds, wholeNumber } from '@cnop/kit/config'
import type { z } from 'zod'
import type { ConnectionLimits } from './connections.ts'
import type { PlaceLimits } from './overload.ts'

/** Settings for orchestrators. */
export const probePaths = { live: '/live', ready: '/ready' } as const

const megabyte = 1024 * 1024

/** Limits of connections and bodies, per address and in total. */
export const connectionFields = {
  HEADERS_TIMEOUT_MS: milliseconds(10_000),
  BODY_TIMEOUT_MS: milliseconds(10_000),
  ANSWER_TIMEOUT_MS: milliseconds(30_000),
  CONNECTIONS_AT_ONCE: wholeNumber(10_000, 1),
  CONNECTIONS_PER_ADDRESS: wholeNumber(1_000, 1),
  REQUESTS_AT_ONCE: wholeNumber(1_000, 1),
  REQUESTS_PER_ADDRESS: wholeNumber(250, 1),
  MAX_BODY_BYTES: wholeNumber(256 * 1024, 1),
  BODY_BYTES_AT_ONCE: wholeNumber(64 * megabyte, 1),
  BODY_BYTES_PER_ADDRESS: wholeNumber(16 * megabyte, 1),
}

type ConnectionVariables = z.infer<z.ZodObject<typeof connectionFields>>

const mostCheckEveryMs = 1_000

/** A request in progress transfers no bytes either, so its deadline comes first. */
const leastAnswerMs = (routerDeadlineMs: number): number => routerDeadlineMs + 1_000

export function connectionLimits(
  vars: ConnectionVariables,
  routerDeadlineMs: number,
): Omit<ConnectionLimits, 'hosts'> {
  const { HEADERS_TIMEOUT_MS: headersMs, BODY_TIMEOUT_MS: bodyMs } = vars
  return {
    headersMs,
    bodyMs,
    checkEveryMs: Math.min(mostCheckEveryMs, headersMs, bodyMs),
    answerMs: Math.max(vars.ANSWER_TIMEOUT_MS, leastAnswerMs(routerDeadlineMs)),
    perAddress: vars.CONNECTIONS_PER_ADDRESS,
    atOnce: vars.CONNECTIONS_AT_ONCE,
  }
}

export const placeLimits = (vars: ConnectionVariables): PlaceLimits => ({
  requests: vars.REQUESTS_AT_ONCE,
  requestsPerAddress: vars.REQUESTS_PER_ADDRESS,
  bodyBytes: vars.BODY_BYTES_AT_ONCE,
  bodyBytesPerAddress: vars.BODY_BYTES_PER_ADDRESS,
  maxBodyBytes: vars.MAX_BODY_BYTES,
})
