import type { ErrorCode } from '@cnop/schema/codes'
import { Refusal } from '../errors/refusal.ts'
import { secondsLeft } from './budget.ts'

/** A refusal that says, in its details and in Retry-After, when to come again. */
export function refuseUntil(code: ErrorCode, msLeft: number, message?: string): Refusal {
  const retryAfterSeconds = secondsLeft(msLeft)
  return new Refusal(code, message, {
    details: { retryAfterSeconds: String(retryAfterSeconds) },
    retryAfterSeconds,
  })
}
