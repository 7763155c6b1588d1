/** A task that runs again and again. */
export interface Repeating {
  /** Waits for the run that is under way. */
  close(): Promise<void>
}

/** Runs a task every so often, never twice at once. The task sees to its own failures. */
export function repeat(run: () => Promise<void>, intervalMs: number): Repeating {
  let work: Promise<void> | undefined
  const timer = setInterval(() => {
    work ??= run().finally(() => (work = undefined))
  }, intervalMs)
  timer.unref()
  return {
    close: async () => {
      clearInterval(timer)
      await work
    },
  }
}
