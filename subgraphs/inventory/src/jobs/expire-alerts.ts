import { activityOf } from '@cnop/kit/activity'
import { toIso } from '@cnop/kit/clock'
import { repeat } from '@cnop/kit/repeat'
import { expirePriceAlert } from '../commands/close-price-alert.ts'
import { announceWatchFailure } from '../events.ts'
import { listEnded, readAlert } from '../store/alerts.ts'
import { tryClose } from './end-alerts.ts'
import type { PriceWatch, WatchDeps } from './watch-prices.ts'

const rowsPerShard = 50
/** What an alert reaches after its time does not make it fire, so that it may end a little later. */
const everyMs = 5_000
/** While nothing waits, nothing expires. */
const restMs = 300_000

export interface AlertExpiry {
  /** Ends the alerts whose time is over, a bounded number at a time. */
  run(): Promise<void>
  stop(): Promise<void>
}

/**
 * Ends alerts whose time is over. What they reached in time has made them fire before, also while no process ran. Any number of
 * processes may run it: each alert ends once.
 */
export function startExpiry(
  deps: WatchDeps,
  watch: PriceWatch,
  lookedBack: Promise<void>,
): AlertExpiry {
  const run = async (): Promise<void> => {
    try {
      await lookedBack
      const nowMs = deps.now()
      await watch.settled()
      for (const address of await listEnded(deps.store, toIso(nowMs), rowsPerShard)) {
        const alert = await readAlert(deps.store, { ...address, nowMs })
        if (alert?.status === 'ACTIVE')
          await tryClose(deps, alert, () => expirePriceAlert(deps, alert))
      }
    } catch (error) {
      announceWatchFailure(deps.log, error)
    }
  }
  const rest = { activity: activityOf(deps.store.db), pauseMs: restMs }
  const repeating = repeat(run, everyMs, rest)
  return { run, stop: () => repeating.stop() }
}
