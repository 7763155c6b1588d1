/** Work that several callers wait for at once. */
export interface Flights<Result> {
  /** Joins the work under this key, or starts it. It goes on when its callers have left. */
  join(key: string, start: (signal: AbortSignal) => Promise<Result>): Promise<Result>
  isUnderWay(key: string): boolean
  /** Aborts running work and waits for its end. */
  close(): Promise<void>
}

export function createFlights<Result>(): Flights<Result> {
  const underWay = new Map<string, Promise<Result>>()
  const closing = new AbortController()
  return {
    join: (key, start) => {
      const present = underWay.get(key)
      if (present) return present
      const flight = start(closing.signal).finally(() => underWay.delete(key))
      underWay.set(key, flight)
      return flight
    },
    isUnderWay: (key) => underWay.has(key),
    close: async () => {
      closing.abort()
      await Promise.allSettled(underWay.values())
    },
  }
}
