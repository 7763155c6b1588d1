import type { Activity } from './activity.ts'

/** A job that runs again and again. */
export interface Repeating {
  /** Waits for the current run. */
  stop(): Promise<void>
}

/** One that others may run too. */
export interface Repeated<Result> extends Repeating {
  run(): Promise<Result>
}

/** How a job rests while its process is idle. It runs at once when the process is needed again. */
export interface Rest {
  readonly activity: Activity
  readonly pauseMs: number
  /** Whether a request that wakes the process needs what the job brings. */
  readonly isAwaited?: boolean
}

/** Runs a job again and again with a pause in between, never twice at once. The job handles its own failures. */
export function repeat<Result>(
  job: () => Promise<Result>,
  pauseMs: number,
  rest?: Rest,
): Repeated<Result> {
  let isStopped = false
  let isResting = false
  let running: Promise<unknown> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined

  const run = (): Promise<unknown> => (running = job().finally(schedule))
  function schedule(): void {
    if (isStopped) return
    isResting = rest?.activity.isIdle() ?? false
    timer = setTimeout(
      () => {
        isResting = false
        void run()
      },
      isResting && rest ? rest.pauseMs : pauseMs,
    ).unref()
  }
  const stopHearing = rest?.activity.onWake(() => {
    if (isResting) {
      isResting = false
      clearTimeout(timer)
      void run()
    }
    return rest.isAwaited ? running : undefined
  })
  schedule()
  return {
    run: job,
    stop: async () => {
      isStopped = true
      stopHearing?.()
      clearTimeout(timer)
      await running
    },
  }
}
