import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from './log.ts'

/** How long a process waits at start for a store that is not there yet, and between two attempts. */
const patience = { deadlineMs: 30_000, pauseMs: 1_000 }

/** Start order does not matter: the work is repeated until it succeeds. Past the deadline the error has the last cause. */
export async function waitForStore(
  work: () => Promise<void>,
  place: string,
  log: Pick<Log, 'info'>,
  { deadlineMs, pauseMs } = patience,
): Promise<void> {
  const deadline = performance.now() + deadlineMs
  for (;;) {
    try {
      await work()
      return
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      if (performance.now() >= deadline) {
        throw new Error(`${place} was not ready within ${deadlineMs / 1_000} s. ${reason}`, {
          cause: error,
        })
      }
      log.info({ action: 'store.wait', extra: { reason } }, 'Waiting for the store.')
      await delay(pauseMs)
    }
  }
}
