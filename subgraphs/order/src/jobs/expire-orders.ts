import { activityOf } from '@cnop/kit/activity'
import { toIso } from '@cnop/kit/clock'
import { repeat, type Repeating } from '@cnop/kit/repeat'
import { expireOrder } from '../commands/finish-order.ts'
import type { Deps } from '../deps.ts'
import { expiryShards } from '../store/keys.ts'
import { listDue } from '../store/orders.ts'

const rowsPerShard = 50
const restMs = 300_000

/** Expires the open orders whose time has passed, a bounded number at a time; returns how many. */
export async function expireDue(deps: Deps): Promise<number> {
  const nowIso = toIso(deps.now())
  let expired = 0
  for (let shard = 0; shard < expiryShards; shard += 1) {
    for (const address of await listDue(deps.store, { shard, nowIso, limit: rowsPerShard })) {
      const order = await expireOrder(deps, address)
      if (order) expired += 1
    }
  }
  return expired
}

/** Runs `expireDue` again and again; several processes may, each order expires once. */
export const startExpiry = (deps: Deps, intervalMs: number): Repeating =>
  repeat(
    async () => {
      try {
        await expireDue(deps)
      } catch (error) {
        deps.log.warn(
          { action: 'order.expiry_failed', error },
          'Due orders could not all be expired.',
        )
      }
    },
    intervalMs,
    // The matcher keeps the process awake while an order waits.
    { activity: activityOf(deps.store.db), pauseMs: restMs },
  )
