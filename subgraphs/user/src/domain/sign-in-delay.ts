/** Failed sign-ins of one account since its last success. */
export interface SignInFailures {
  readonly count: number
  readonly lastFailedAtMs: number
}

const freeFailures = 5
const firstDelayMs = 1_000
const longestDelayMs = 900_000

/** Failures are forgotten this long after the last one; longer than the longest delay. */
export const failureMemoryMs = 3_600_000

/** The delay of an account after a number of failures: nothing for the first four, then 1 s, 2 s, 4 s … 15 min. */
export function delayAfter(count: number): number {
  if (count < freeFailures) return 0
  return Math.min(firstDelayMs * 2 ** (count - freeFailures), longestDelayMs)
}

/** Whole seconds until the next sign-in is checked; 0 when there is no delay. */
export function secondsUntilNextTry(failures: SignInFailures | undefined, nowMs: number): number {
  if (!failures) return 0
  const waitMs = failures.lastFailedAtMs + delayAfter(failures.count) - nowMs
  return Math.max(0, Math.ceil(waitMs / 1_000))
}
