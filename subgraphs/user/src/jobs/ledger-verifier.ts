import { openLease } from '@cnop/kit/lease'
import { repeat } from '@cnop/kit/repeat'
import { verifyLedger } from '../commands/verify-ledger.ts'
import type { Deps } from '../deps.ts'
import { verifyLeaseKey } from '../store/keys.ts'

export interface Verifier {
  /** Waits for a running verification, and releases the lease. */
  stop(): Promise<void>
}

/**
 * Verifies the ledger now and again and again, in one process at a time. The lease is not extended by working:
 * it lasts almost until the next turn, so that several processes together verify once in an interval.
 */
export function startLedgerVerifier(deps: Deps, intervalMs: number): Verifier {
  const { store, now, log } = deps
  const lease = openLease({
    store,
    key: verifyLeaseKey,
    now,
    holder: deps.newId('job'),
    durationMs: Math.floor(intervalMs * 0.9),
  })

  async function turn(): Promise<void> {
    try {
      if (await lease.take()) await verifyLedger(deps)
    } catch (error) {
      log.error({ action: 'ledger.verify_failed', error }, 'The ledger could not be verified.')
    }
  }

  const first = turn()
  const repeating = repeat(() => first.then(turn), intervalMs)
  return {
    stop: async () => {
      await first
      await repeating.stop()
      await lease.release().catch((error: unknown) => {
        log.warn({ action: 'ledger.lease_kept', error }, 'The lease could not be returned.')
      })
    },
  }
}
