import { setTimeout as delay } from 'node:timers/promises'
import type { Pace } from './pace.ts'

interface RereadOptions<T> {
  readonly read: () => Promise<T>
  /** Shared by all streams. */
  readonly pace: Pace
  /** Gets what was read; a snapshot when anything that was asked for since the last reading had to be one. */
  readonly take: (read: T, isSnapshot: boolean) => void
  /** Reading has failed for too long. */
  readonly giveUp: (error: unknown) => void
}

/** Something that is read again when it has changed. */
export interface Reread {
  /** Asks for a reading; what is asked while one is under way, or just after it, becomes one more. */
  ask(isSnapshot: boolean): void
  /** Asks for a snapshot after a random delay, since all other streams reread as well. */
  renew(): void
  /** Whether a reading is under way, which may have seen a change already that is heard meanwhile. */
  isBusy(): boolean
  stop(): void
}

/** Between the begins of two readings. */
const pauseMs = 200
const retryMs = 1_000
/** So many failures in a row are borne. */
const mostFailures = 10

/** Streams that failed together do not try again together. */
const waitMs = (failures: number, pace: Pace): number =>
  failures > 0 ? retryMs + pace.delayMs() : pauseMs

/** Reads again when asked to: one reading at a time, five a second at most, and again after a failure. */
export function createReread<T>({ read, pace, take, giveUp }: RereadOptions<T>): Reread {
  const stopping = new AbortController()
  const { signal } = stopping
  let wanted: 'nothing' | 'change' | 'snapshot' = 'nothing'
  let [isRunning, isReading] = [false, false]

  /** Answers how long to wait before the next reading. */
  async function readOnce(failures: number): Promise<number> {
    let isSnapshot = false
    try {
      const found = await pace.run(async () => {
        if (signal.aborted) return undefined
        // Whatever is asked for until now is answered by this reading.
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

/** One snapshot at a random moment, however often it is asked for until then. */
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
