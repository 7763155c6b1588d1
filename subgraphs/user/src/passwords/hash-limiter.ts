import { Overloaded } from '../domain/errors.ts'

export interface HashLimiterOptions {
  /** How many calls may run at once. */
  readonly atOnce: number
  /** How many of these may belong to one client address. */
  readonly atOncePerAddress: number
  /** How many calls may wait; any further call is refused. */
  readonly waiting: number
  /** How many of these may belong to one client address. */
  readonly waitingPerAddress: number
  /** How long a call waits for its turn before it is refused, in milliseconds. */
  readonly waitMs: number
}

/**
 * Runs a call when it is scheduled, or rejects with `OVERLOADED` before it has begun. Calls without an address are
 * internal and share one queue.
 */
export type HashLimiter = <Result>(
  address: string | undefined,
  run: () => Promise<Result>,
) => Promise<Result>

interface Waiter {
  readonly start: () => void
}

/** Queues of waiting calls by address. The first queue of the map is served next. */
function createLines() {
  const lines = new Map<string, Waiter[]>()
  return {
    lengthOf: (address: string): number => lines.get(address)?.length ?? 0,
    add: (address: string, waiter: Waiter): void => {
      const line = lines.get(address)
      if (line) line.push(waiter)
      else lines.set(address, [waiter])
    },
    remove: (address: string, waiter: Waiter): void => {
      const line = lines.get(address)?.filter((other) => other !== waiter) ?? []
      if (line.length === 0) lines.delete(address)
      else lines.set(address, line)
    },
    /** Takes the oldest call of the first address that may run one, and moves that address to the end. */
    takeNext: (mayRun: (address: string) => boolean): Waiter | undefined => {
      for (const [address, line] of lines) {
        if (!mayRun(address)) continue
        const next = line.shift()
        lines.delete(address)
        if (line.length > 0) lines.set(address, line)
        return next
      }
      return undefined
    },
  }
}

/** Counts running calls, in total and by address. */
function createPlaces({ atOnce, atOncePerAddress }: HashLimiterOptions) {
  const runningOf = new Map<string, number>()
  let running = 0
  return {
    mayRun: (address: string): boolean =>
      running < atOnce && (runningOf.get(address) ?? 0) < atOncePerAddress,
    begin: (address: string): void => {
      running += 1
      runningOf.set(address, (runningOf.get(address) ?? 0) + 1)
    },
    end: (address: string): void => {
      running -= 1
      const left = (runningOf.get(address) ?? 1) - 1
      if (left === 0) runningOf.delete(address)
      else runningOf.set(address, left)
    },
  }
}

/**
 * Bounds concurrent password hashes, each of which takes 19 MiB and a core by design. Addresses are served round-robin,
 * so many calls of one address delay other callers by at most one call. Waits are shorter than the router's deadline, so
 * that a busy limiter returns `OVERLOADED` and is never reported as a timeout.
 */
export function createHashLimiter(options: HashLimiterOptions): HashLimiter {
  const lines = createLines()
  const { mayRun, begin, end } = createPlaces(options)
  let waiting = 0

  function leave(address: string): void {
    end(address)
    for (let next = lines.takeNext(mayRun); next; next = lines.takeNext(mayRun)) next.start()
  }

  function waitForTurn(address: string): Promise<void> {
    const isFull =
      waiting >= options.waiting || lines.lengthOf(address) >= options.waitingPerAddress
    if (isFull) return Promise.reject(new Overloaded())
    waiting += 1
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        start: () => {
          clearTimeout(timer)
          waiting -= 1
          begin(address)
          resolve()
        },
      }
      const timer = setTimeout(() => {
        waiting -= 1
        lines.remove(address, waiter)
        reject(new Overloaded())
      }, options.waitMs).unref()
      lines.add(address, waiter)
    })
  }

  return async (client, run) => {
    const address = client ?? ''
    if (mayRun(address)) begin(address)
    else await waitForTurn(address)
    try {
      return await run()
    } finally {
      leave(address)
    }
  }
}

/** Each kind of password work has a limiter of its own, so that many calls of one kind do not refuse the others. */
export interface HashLimiters {
  readonly signUp: HashLimiter
  readonly signIn: HashLimiter
  readonly passwordChange: HashLimiter
}
