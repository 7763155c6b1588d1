import { setTimeout as delay } from 'node:timers/promises'
import type { Answer } from '../world/client.ts'

/** The final outcome of a command. */
export type Outcome<Data> =
  | { readonly kind: 'acknowledged'; readonly data: Data }
  | { readonly kind: 'refused'; readonly code: string }
  /** The outcome was unknown at the deadline. */
  | { readonly kind: 'unknown' }

/** Codes after which a client repeats the command with the same key. All others are final. */
const passingCodes = new Set([
  'CONTENTION',
  'OUTCOME_UNKNOWN',
  'SUBGRAPH_UNAVAILABLE',
  'TIMEOUT',
  'OVERLOADED',
  'RATE_LIMITED',
  'UNAUTHENTICATED',
  'LEDGER_READ_ONLY',
  'INTERNAL',
  'none',
])

const pauseMs = 150

/** Sends a command as a careful client does: repeatedly with the same key, until the outcome is known. */
export async function settle<Data>(
  send: () => Promise<Answer<Data>>,
  deadlineAt: number,
): Promise<Outcome<Data>> {
  while (performance.now() < deadlineAt) {
    const answer = await send().catch(() => undefined)
    const [code] = answer?.codes ?? []
    if (answer?.data && code === undefined) return { kind: 'acknowledged', data: answer.data }
    if (code !== undefined && !passingCodes.has(code)) return { kind: 'refused', code }
    await delay(code === 'RATE_LIMITED' ? pauseMs * 10 : pauseMs)
  }
  return { kind: 'unknown' }
}
