import { activityOf } from '@cnop/kit/activity'
import { chance } from '@cnop/kit/ids'
import { openLease } from '@cnop/kit/lease'
import { repeat } from '@cnop/kit/repeat'
import { hasUnverified, shards } from '@cnop/ledger/verify-new'
import { ledgerChanged } from '@cnop/schema/events'
import { verifyLedger } from '../commands/verify-ledger.ts'
import type { Deps } from '../deps.ts'
import { verifyLeaseKey } from '../store/keys.ts'

export interface Verifier {
  /** Settles when every part was visited once. */
  readonly first: Promise<void>
  /** Waits for the account that is being verified, and releases the leases. */
  stop(): Promise<void>
}

const leaseMs = 30_000
/** How often a part without changes is visited, so that its row shows that verifiers are alive. */
const quietMs = 60_000
/** The same while nobody uses the process. */
const quietRestMs = 600_000
/** A change of the ledger in another process is announced on the bus, which may lose it. */
const restMs = 300_000
/** So few that another process, which visits the parts in another order, finds some of them free. */
const atOnce = 2

/**
 * Verifies what is new in the ledger now and again and again. Each part of it has a lease, which is held only while the
 * part is verified: the processes share out the parts that have work.
 */
export function startLedgerVerifier(deps: Deps, intervalMs: number): Verifier {
  const { ledger, store, now, log } = deps
  const holder = deps.newId('job')
  const activity = activityOf(store.db)
  const visitedMs = new Map<number, number>()
  let isStopping = false

  async function visit(shard: number): Promise<void> {
    const longestMs = activity.isIdle() ? quietRestMs : quietMs
    const isRecent = now() - (visitedMs.get(shard) ?? -Infinity) < longestMs
    if (isRecent && !(await hasUnverified(ledger, shard))) return
    const key = verifyLeaseKey(shard)
    const lease = openLease({ store, key, now, holder, durationMs: leaseMs })
    if (!(await lease.take())) return
    try {
      await verifyLedger(deps, shard, async () => !isStopping && (await lease.take()))
      visitedMs.set(shard, now())
    } finally {
      await lease.release()
    }
  }

  async function walk(left: number[]): Promise<void> {
    for (let shard = left.pop(); shard !== undefined && !isStopping; shard = left.pop()) {
      try {
        await visit(shard)
      } catch (error) {
        const details = { action: 'ledger.verify_failed', error, extra: { shard } }
        log.error(details, 'A part of the ledger could not be verified.')
      }
    }
  }

  async function turn(): Promise<void> {
    const left = shuffle(shards)
    await Promise.all(Array.from({ length: atOnce }, () => walk(left)))
  }

  const first = turn()
  const hearing = deps.bus.subscribe(ledgerChanged, () => void activity.wake())
  const rest = { activity, pauseMs: Math.max(restMs, intervalMs) }
  const repeating = repeat(() => first.then(turn), intervalMs, rest)
  return {
    first,
    stop: async () => {
      isStopping = true
      const stopHearing = await hearing
      stopHearing()
      await first
      await repeating.stop()
    },
  }
}

const shuffle = (list: readonly number[]): number[] =>
  list
    .map((value) => [chance(), value] as const)
    .sort(([one], [other]) => one - other)
    .map(([, value]) => value)
