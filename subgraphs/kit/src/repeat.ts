/** Runs a job again and again with a pause in between, never twice at once. `stop` waits for the run under way. */
export function repeat(job: () => Promise<void>, pauseMs: number): { stop(): Promise<void> } {
  let isStopped = false
  let running: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined

  const schedule = (): void => {
    if (isStopped) return
    timer = setTimeout(() => {
      running = job().finally(schedule)
    }, pauseMs)
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
