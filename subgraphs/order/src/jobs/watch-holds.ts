import { addGauge, type ServiceMetrics } from '@cnop/kit/metrics'
import { verifyWithOrders } from '../commands/verify-with-orders.ts'
import type { Deps } from '../deps.ts'
import { recordWrongHold } from '../events.ts'

/** The result of the last comparison of open orders with the journal. */
export interface HoldsWatch {
  /** Compares now. */
  readonly check: () => Promise<void>
  showIn(metrics: Pick<ServiceMetrics, 'registry'>): void
}

/**
 * Compares what open orders hold with the journal, and reports differences to operators. It changes nothing: the verifier of the
 * user service closes a ledger that does not add up, and an operator decides about a wrong hold.
 */
export function watchHolds(deps: Deps): HoldsWatch {
  let wrong = 0
  let checkedAtMs = 0
  return {
    check: async () => {
      try {
        const { discrepancies } = await verifyWithOrders(deps.ledger, deps.store)
        const found = discrepancies.filter(({ kind }) => kind === 'WRONG_HOLD')
        for (const { username, message } of found) recordWrongHold(deps, username, message)
        wrong = found.length
        checkedAtMs = deps.now()
      } catch (error) {
        deps.log.warn(
          { action: 'order.holds_check_failed', error },
          'The holds of open orders could not be compared with the journal.',
        )
      }
    },
    showIn: (metrics) => {
      addGauge(metrics, {
        name: 'order_wrong_holds',
        help: 'Users whose open orders hold something else than their journal says.',
        read: () => wrong,
      })
      addGauge(metrics, {
        name: 'order_holds_checked_timestamp_seconds',
        help: 'When that was compared last, in seconds since 1970; 0 before the first time.',
        read: () => checkedAtMs / 1_000,
      })
    },
  }
}
