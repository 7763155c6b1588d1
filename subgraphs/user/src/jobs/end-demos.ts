import { activityOf } from '@cnop/kit/activity'
import { type Repeating, repeat } from '@cnop/kit/repeat'
import { endUnusedDemos } from '../commands/end-demos.ts'
import type { Deps } from '../deps.ts'

const intervalMs = 600_000
const restMs = 3_600_000

/** Ends unused demo accounts now and again and again. Several processes may do so at once. */
export function startEndingDemos(deps: Deps): Repeating {
  const end = async (): Promise<void> => {
    try {
      await endUnusedDemos(deps)
    } catch (error) {
      deps.log.warn({ action: 'user.demo_kept', error }, 'Unused demo accounts could not be ended.')
    }
  }
  const first = end()
  const rest = { activity: activityOf(deps.store.db), pauseMs: restMs }
  return repeat(() => first.then(end), intervalMs, rest)
}
