import { activityOf } from '@cnop/kit/activity'
import { toIso } from '@cnop/kit/clock'
import type { Key } from '@cnop/kit/dynamo'
import { repeat, type Repeating } from '@cnop/kit/repeat'
import { runRecurringOrder } from '../commands/run-recurring-order.ts'
import type { Deps } from '../deps.ts'
import { recordRunsFailed } from '../events.ts'
import { recurringShards } from '../store/keys.ts'
import { listDueRecurring } from '../store/recurring-orders.ts'

/** So many are looked at in one partition; what is left comes with the next look. */
const mostPerShard = 500

/** While nobody uses the process, dates run at most so much later. */
const restMs = 60_000

/** Runs the recurring orders whose next date has come, a bounded number; returns how many. One that fails does not hold up the others. */
export async function runDueRecurring(deps: Deps): Promise<number> {
  const failures: unknown[] = []
  let count = 0
  for (let shard = 0; shard < recurringShards; shard += 1) {
    count += await runShard(deps, shard, failures)
  }
  if (failures.length > 0) recordRunsFailed(deps, failures[0], failures.length)
  return count
}

async function runShard(deps: Deps, shard: number, failures: unknown[]): Promise<number> {
  const nowIso = toIso(deps.now())
  let [count, seen] = [0, 0]
  let after: Key | undefined
  do {
    const page = await listDueRecurring(deps.store, { shard, nowIso, after })
    for (const address of page.due) {
      try {
        if (await runRecurringOrder(deps, address)) count += 1
      } catch (error) {
        failures.push(error)
      }
    }
    seen += page.due.length
    after = page.last
  } while (after && seen < mostPerShard)
  return count
}

/** Runs `runDueRecurring` again and again; several processes may, each date runs once. */
export const startRecurring = (deps: Deps, intervalMs: number): Repeating =>
  repeat(
    async () => {
      try {
        await runDueRecurring(deps)
      } catch (error) {
        recordRunsFailed(deps, error, 0)
      }
    },
    intervalMs,
    { activity: activityOf(deps.store.db), pauseMs: Math.max(restMs, intervalMs) },
  )
