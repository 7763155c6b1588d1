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

/** Reads everything that waits, now and again and again. */
export async function learnWaiting(learning: Learning): Promise<Repeating> {
  const { edges, activity, refreshMs, read } = learning
  const learnAll = async (): Promise<void> => {
    await edges.readAll(read)
    if (!edges.isEmpty()) await activity.wake()
  }
  await learnAll()
  const letRest = activity.keepAwakeWhile(() => !edges.isEmpty())
  const repeating = repeat(learnAll, Math.max(1_000, refreshMs / 2))
  return {
    stop: async () => {
      letRest()
      await repeating.stop()
    },
  }
}
