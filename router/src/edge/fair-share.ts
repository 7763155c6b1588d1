import { type EventLoopUtilization, performance } from 'node:perf_hooks'
import { openTally } from '../guard/tally.ts'

/** How many requests of one address run while the event loop is busy; more of them wait. */
const runningPerAddress = 8
/** A turn of the event loop that takes longer makes it busy, in milliseconds. */
const longTurnMs = 8
/** The event loop is busy when it worked for more than this share of the last `windowMs`. */
const busyShare = 0.8
const windowMs = 20

/** What the event loop is doing, as far as a request that arrives can know. */
export interface Loop {
  /** This turn has taken long already, so that whatever else waits for the loop is late. */
  readonly isLate: () => boolean
  /** The loop has had more to do than time. */
  readonly isBusy: () => boolean
}

function watchLoop(): Loop {
  let turnSince: number | undefined
  let last: EventLoopUtilization = performance.eventLoopUtilization()
  let lastAt = performance.now()
  let wasBusy = false
  const endTurn = (): void => {
    turnSince = undefined
  }
  const isLate = (): boolean => {
    const now = performance.now()
    if (turnSince !== undefined) return now - turnSince > longTurnMs
    turnSince = now
    setImmediate(endTurn)
    return false
  }
  return {
    isLate,
    isBusy: () => {
      const now = performance.now()
      if (now - lastAt >= windowMs) {
        wasBusy = performance.eventLoopUtilization(last).utilization > busyShare
        last = performance.eventLoopUtilization()
        lastAt = now
      }
      return wasBusy || isLate()
    },
  }
}

export interface FairShare {
  /** Resolves when the request may run. Each call needs one `end`. */
  readonly begin: (address: string) => Promise<void> | undefined
  readonly end: (address: string) => void
}

/** The most requests that begin in one turn: more while they are short, one when they are long. */
const mostBegun = 16

/** How long one turn is to be, in milliseconds: less begins a larger batch, more a smaller one. */
const turnMs = { short: 2, long: 8 } as const

/** Requests that wait, by address. The one that is taken puts its address last in line. */
function openLine(mayRun: (address: string) => boolean) {
  const waiting = new Map<string, (() => void)[]>()
  return {
    isEmpty: () => waiting.size === 0,
    add: (address: string, begin: () => void): void => {
      const own = waiting.get(address)
      if (own) own.push(begin)
      else waiting.set(address, [begin])
    },
    take: (): readonly [address: string, begin: () => void] | undefined => {
      for (const [address, own] of waiting) {
        if (!mayRun(address)) continue
        const begin = own.shift()
        waiting.delete(address)
        if (own.length > 0) waiting.set(address, own)
        if (begin) return [address, begin]
      }
      return undefined
    },
  }
}

/** How many requests begin together, by how long the last ones took. */
function openPace() {
  let size = 1
  let begunAt = 0
  let tookMs: number | undefined
  return {
    size: () => size,
    /** In the first turn after a batch, it is known how long that took. */
    note: (now: number): void => {
      if (tookMs !== undefined) return
      tookMs = now - begunAt
      if (tookMs < turnMs.short) size = Math.min(size * 2, mostBegun)
      else if (tookMs > turnMs.long) size = Math.max(size >> 1, 1)
    },
    /** Arrivals are awaited as long as the last batch took. */
    mayAwait: (now: number): boolean => now - begunAt < 2 * Math.max(tookMs ?? 0, turnMs.short),
    begin: (now: number): void => {
      begunAt = now
      tookMs = undefined
    },
  }
}

/**
 * Divides the event loop among addresses. Node accepts connections in order, one in each turn of the loop, and what arrives
 * runs at once: hundreds of requests of one address would delay everybody behind them. While the loop is busy, requests wait
 * until those that have arrived are known; then they begin in small batches, of another address each time, and a few of one
 * address run at once. Requests that wait for something else keep the loop idle and delay nobody.
 */
export function openFairShare({ isLate, isBusy }: Loop = watchLoop()): FairShare {
  const running = openTally()
  const line = openLine((address) => running.of(address) < runningPerAddress || !isBusy())
  const pace = openPace()
  let isScheduled = false
  let timer: NodeJS.Timeout | undefined
  let hasArrived = false

  const beginOne = (): boolean => {
    const next = line.take()
    if (!next) return false
    const [address, begin] = next
    running.add(address, 1)
    begin()
    return true
  }

  function onTurn(): void {
    isScheduled = false
    const now = performance.now()
    pace.note(now)
    const isAwaited = hasArrived && pace.mayAwait(now)
    hasArrived = false
    if (!isAwaited) pace.begin(now)
    // Where none may begin, the end of one that runs or an idle loop lets others begin.
    let begun = 0
    while (!isAwaited && begun < pace.size() && beginOne()) begun += 1
    if (isAwaited || begun > 0) schedule()
    else if (!line.isEmpty()) timer = setTimeout(onTurn, windowMs)
  }

  function schedule(): void {
    if (isScheduled || line.isEmpty()) return
    clearTimeout(timer)
    isScheduled = true
    setImmediate(onTurn)
  }

  return {
    begin: (address) => {
      if (line.isEmpty() && !isBusy() && !isLate()) {
        running.add(address, 1)
        return undefined
      }
      hasArrived = true
      const turn = new Promise<void>((resolve) => line.add(address, resolve))
      schedule()
      return turn
    },
    end: (address) => {
      running.add(address, -1)
      schedule()
    },
  }
}
