import type { Clock } from '../clock.ts'

export interface FakeClock {
  readonly now: Clock
  advance(ms: number): void
  set(ms: number): void
}

/** A clock that changes only when a test sets it; it starts on a fixed day by default. */
export function fakeClock(startMs = Date.parse('2026-01-05T10:00:00.000Z')): FakeClock {
  let current = startMs
  return {
    now: () => current,
    advance: (ms) => {
      current += ms
    },
    set: (ms) => {
      current = ms
    },
  }
}
