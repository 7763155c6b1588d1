import type { Clock } from '@cnop/kit/clock'
import type { Log } from '@cnop/kit/log'

export interface CatchUpOptions {
  readonly now: Clock
  readonly log: Log
  /** How long the bus may be silent before the store is asked. */
  readonly silenceMs: number
  /** Reads what the bus did not deliver. */
  readonly read: () => Promise<void>
}

/**
 * Reads from the store whenever the bus has been silent for a while: one read at a time, and none more often than
 * that while. A store that does not answer leaves the last prices, whose age is visible.
 */
export function createCatchUp({ now, log, silenceMs, read }: CatchUpOptions) {
  let heardAtMs = -Infinity
  let reading: Promise<void> | undefined

  async function readOnce(): Promise<void> {
    try {
      await read()
    } catch (error) {
      log.warn({ action: 'quotes.snapshot_unread', error }, 'The stored prices could not be read.')
    }
    heardAtMs = now()
    reading = undefined
  }

  return {
    heard: (): void => void (heardAtMs = now()),
    /** Messages may have been missed: the next run reads the store. */
    forget: (): void => void (heardAtMs = -Infinity),
    run: (): Promise<void> => {
      if (now() - heardAtMs < silenceMs) return Promise.resolve()
      return (reading ??= readOnce())
    },
  }
}
