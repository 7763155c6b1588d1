import { setTimeout as delay } from 'node:timers/promises'
import type { Pace } from './pace.ts'

interface RereadOptions<T> {
  readonly read: () => Promise<T>
  /** Shared by all streams. */
  readonly pace: Pace
  /** Receives the result; a snapshot when one was requested since the last read. */
  readonly take: (read: T, isSnapshot: boolean) => void
  /** Called after too many consecutive failures. */
  readonly giveUp: (error: unknown) => void
}

/** Rereads data after changes. */
export interface Reread {
  /** Requests a read; requests during a read, or just after it, are merged into one more. */
  ask(isSnapshot: boolean): void
  /** Requests a snapshot after a random delay, since all other streams reread as well. */
  renew(): void
  /** Whether a read is running, which may already contain a change that is received meanwhile. */
  isBusy(): boolean
  stop(): void
}

/** The minimum time between two reads. */
const pauseMs = 200
const retryMs = 1_000
/** The limit of consecutive failures. */
const mostFailures = 10

/** Streams that failed together do not retry together. */
const waitMs = (failures: number, pace: Pace): number =>
  failures > 0 ? retryMs + pace.delayMs() : pauseMs

/** Rereads on request: one read at a time, at most five per second, with retries after a failure. */
export function createReread<T>({ read, pace, take, giveUp }: RereadOptions<T>): Reread {
  const stopping = new AbortController()
  const { signal } = stopping
  let wanted: 'nothing' | 'change' | 'snapshot' = 'nothing'
  let [isRunning, isReading] = [false, false]

  /** Returns the number of consecutive failures. */
  async function readOnce(failures: number): Promise<number> {
    let isSnapshot = false
    try {
      const found = await pace.run(async () => {
        if (signal.aborted) return undefined
        // This read covers all earlier requests.
        isSnapshot = wanted === 'snapshot'
        wanted = 'nothing'
        isReading = true
        return { value: await read() }
      })
      isReading = false
      if (found && !signal.aborted) take(found.value, isSnapshot)
      return 0
    } catch (error) {
      if (signal.aborted) return 0
      if (failures + 1 >= mostFailures) giveUp(error)
      else ask(isSnapshot)
      return failures + 1
    } finally {
      isReading = false
    }
  }

  function ask(isSnapshot: boolean): void {
    if (isSnapshot || wanted === 'nothing') wanted = isSnapshot ? 'snapshot' : 'change'
    if (isRunning || signal.aborted) return
    isRunning = true
    void run()
  }

  async function run(): Promise<void> {
    let failures = 0
    while (wanted !== 'nothing' && !signal.aborted) {
      failures = await readOnce(failures)
      await delay(waitMs(failures, pace), undefined, { ref: false })
    }
    isRunning = false
  }

  const renewal = createRenewal(() => ask(true), pace)
  signal.addEventListener('abort', renewal.stop)
  return {
    ask,
    renew: renewal.ask,
    isBusy: () => isReading,
    stop: () => stopping.abort(),
  }
}

/** Requests one snapshot after a random delay; further requests until then are merged. */
function createRenewal(act: () => void, pace: Pace): { ask: () => void; stop: () => void } {
  let timer: NodeJS.Timeout | undefined
  return {
    ask: () => {
      timer ??= setTimeout(() => {
        timer = undefined
        act()
      }, pace.delayMs()).unref()
    },
    stop: () => clearTimeout(timer),
  }
}
