/** A job that runs again and again. */
export interface Repeating {
  /** Waits for the current run. */
  stop(): Promise<void>
}

/** Runs a job again and again with a pause in between, never twice at once. The job handles its own failures. */
export function repeat(job: () => Promise<unknown>, pauseMs: number): Repeating {
  let isStopped = false
  let running: Promise<unknown> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined

  const schedule = (): void => {
    if (isStopped) return
    timer = setTimeout(() => {
      running = job().finally(schedule)
    }, pauseMs).unref()
  }
  schedule()
  return {
    stop: async () => {
      isStopped = true
      clearTimeout(timer)
      await running
    },
  }
}
