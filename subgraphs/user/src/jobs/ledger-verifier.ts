import { verifyLedger } from '../commands/verify-ledger.ts'
import type { Deps } from '../deps.ts'
import { type Lease, returnLease, takeLease } from '../store/leases.ts'

export interface Verifier {
  /** Waits for a verification that runs, and lets another process have the task. */
  stop(): Promise<void>
}

/**
 * Verifies the ledger now and again and again, in one process at a time. The lease is not extended by working:
 * it lasts almost until the next turn, so that several processes together verify once in an interval.
 */
export function startLedgerVerifier(deps: Deps, intervalMs: number): Verifier {
  const { db, table, now, log } = deps
  const lease: Lease = { db, table, task: 'verify-ledger', holder: deps.newId('job') }
  const leaseMs = Math.floor(intervalMs * 0.9)

  async function turn(): Promise<void> {
    try {
      if (await takeLease(lease, now(), now() + leaseMs)) await verifyLedger(deps)
    } catch (error) {
      log.error({ action: 'ledger.verify_failed', error }, 'The ledger could not be verified.')
    }
  }

  let running = turn()
  const timer = setInterval(() => {
    running = running.then(turn)
  }, intervalMs)
  timer.unref()
  return {
    stop: async () => {
      clearInterval(timer)
      await running
      await returnLease(lease).catch((error: unknown) => {
        log.warn({ action: 'ledger.lease_kept', error }, 'The lease could not be returned.')
      })
    },
  }
}
