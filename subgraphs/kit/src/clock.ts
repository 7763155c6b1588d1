/** Returns milliseconds since 1970. Code that needs the time receives a clock. */
export type Clock = () => number

export const systemClock: Clock = () => Date.now()

/** Formats an instant for every interface: RFC 3339, UTC, milliseconds. */
export const toIso = (ms: number): string => new Date(ms).toISOString()

/** The UTC day of an instant, YYYY-MM-DD. */
export const utcDay = (ms: number): string => toIso(ms).slice(0, 10)

const dayMs = 86_400_000

/** The first instant of the next UTC day. */
export const nextUtcDayMs = (ms: number): number => (Math.floor(ms / dayMs) + 1) * dayMs
