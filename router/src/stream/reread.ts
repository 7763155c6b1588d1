import { setTimeout as delay } from 'node:timers/promises'

interface RereadOptions<T> {
  readonly read: () => Promise<T>
  /** Gets what was read; a snapshot when anything that was asked for since the last reading had to be one. */
  readonly take: (read: T, isSnapshot: boolean) => void
  /** Reading has failed for too long. */
  readonly giveUp: (error: unknown) => void
}

/** Something that is read again when it has changed. */
export interface Reread {
  /** Asks for a reading; what is asked while one is under way, or just after it, becomes one more. */
  ask(isSnapshot: boolean): void
  /** Whether a reading is asked for or under way. */
  isBusy(): boolean
  stop(): void
}

/** Between the begins of two readings. */
const pauseMs = 200
const retryMs = 1_000
/** So many failures in a row are borne. */
const mostFailures = 10

/** Reads again when asked to: one reading at a time, five a second at most, and again after a failure. */
export function createReread<T>({ read, take, giveUp }: RereadOptions<T>): Reread {
  const stopping = new AbortController()
  const { signal } = stopping
  let wanted: 'nothing' | 'change' | 'snapshot' = 'nothing'
  let isRunning = false
  let isReading = false

  /** Answers how long to wait before the next reading. */
  async function readOnce(failures: number): Promise<number> {
    const isSnapshot = wanted === 'snapshot'
    wanted = 'nothing'
    isReading = true
    try {
      const found = await read()
      isReading = false
      if (!signal.aborted) take(found, isSnapshot)
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
      await delay(failures > 0 ? retryMs : pauseMs, undefined, { ref: false })
    }
    isRunning = false
  }

  return {
    ask,
    isBusy: () => isReading || wanted !== 'nothing',
    stop: () => stopping.abort(),
  }
}
