import type { Activity } from '@cnop/kit/activity'
import { repeat, type Repeating } from '@cnop/kit/repeat'
import type { NearestWaiting, WaitingPrice } from './nearest-waiting.ts'

interface Learning {
  readonly edges: NearestWaiting
  /** Stays awake while anything waits. */
  readonly activity: Activity
  readonly refreshMs: number
  readonly read: () => Promise<readonly WaitingPrice[] | undefined>
}

/** While nothing waits and nobody is there: a new order or alert is announced on the bus, and wakes its own process. */
const restMs = 300_000

/** Reads everything that waits, now and again and again. */
export async function learnWaiting(learning: Learning): Promise<Repeating> {
  const { edges, activity, refreshMs, read } = learning
  const learnAll = async (): Promise<void> => {
    // At rest, that nothing waits must stay known until the next read.
    await edges.readAll(read, activity.isIdle() ? 2 * restMs : undefined)
    if (!edges.isEmpty()) await activity.wake()
  }
  await learnAll()
  const letRest = activity.keepAwakeWhile(() => !edges.isEmpty())
  const repeating = repeat(learnAll, Math.max(1_000, refreshMs / 2), {
    activity,
    pauseMs: restMs,
  })
  return {
    stop: async () => {
      letRest()
      await repeating.stop()
    },
  }
}

/** Messages of the bus were missed: what waits is unknown until it is read again. */
export const relearnAfterGap = (edges: NearestWaiting, activity: Activity) => (): void => {
  edges.forgetAll()
  void activity.wake()
}
