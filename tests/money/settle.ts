import { setTimeout as delay } from 'node:timers/promises'
import type { Answer } from '../world/client.ts'

/** What became of a command in the end. */
export type Outcome<Data> =
  | { readonly kind: 'acknowledged'; readonly data: Data }
  | { readonly kind: 'refused'; readonly code: string }
  /** The outcome was unknown at the deadline. */
  | { readonly kind: 'unknown' }

/** Answers after which a client repeats the command with the same key. Everything else is a business answer. */
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

/** Sends a command as a careful client does: again and again with the same key, until it has an answer. */
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
