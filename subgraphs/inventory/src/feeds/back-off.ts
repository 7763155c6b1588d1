const firstPauseMs = 5_000
const longestPauseMs = 300_000
/** A provider may ask for more than our own longest pause, but not for ever. */
const longestAskedMs = 3_600_000

/** When a provider may be asked again: the pause doubles with every failure in a row. */
export interface BackOff {
  /** How long to wait still; 0 when the way is free. */
  remainingMs(nowMs: number): number
  failed(nowMs: number, askedMs?: number): void
  succeeded(): void
}

export function createBackOff(): BackOff {
  let failures = 0
  let freeAtMs = 0
  return {
    remainingMs: (nowMs) => Math.max(0, freeAtMs - nowMs),
    failed: (nowMs, askedMs = 0) => {
      const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(failures, 10))
      failures += 1
      freeAtMs = nowMs + Math.max(pauseMs, Math.min(askedMs, longestAskedMs))
    },
    succeeded: () => {
      failures = 0
      freeAtMs = 0
    },
  }
}

/** Reads `Retry-After`: seconds, or a date. */
export function retryAfterMs(header: string | null, nowMs: number): number {
  if (header === null) return 0
  if (/^\d{1,9}$/.test(header.trim())) return parseInt(header, 10) * 1_000
  const atMs = Date.parse(header)
  return atMs > nowMs ? atMs - nowMs : 0
}
