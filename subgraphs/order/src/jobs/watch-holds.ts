import { openLease } from '@cnop/kit/lease'
import { addGauge, type ServiceMetrics } from '@cnop/kit/metrics'
import {
  type ChangedHolds,
  listChangedHolds,
  readHoldsSince,
  readVerifiedHolds,
  settleChangedHolds,
} from '@cnop/ledger/changed-holds'
import { checkOpenHolds } from '../commands/check-holds.ts'
import type { Deps } from '../deps.ts'
import { recordWrongHold } from '../events.ts'
import { holdsLeaseKey } from '../store/keys.ts'

/** The result of the last comparison of open orders with the journal. */
export interface HoldsWatch {
  /** Compares what has changed, in one process at a time. */
  readonly check: () => Promise<void>
  showIn(metrics: Metrics): void
}

const leaseMs = 60_000
const usersPerCheck = 1_000

/**
 * Compares what open orders hold with the journal, for the users whose holds have changed, and reports differences to operators.
 * It changes nothing: the verifier of the user service closes a ledger that does not add up, and an operator decides
 * about a wrong hold.
 */
export function watchHolds(deps: Deps): HoldsWatch {
  const { ledger, store, now, log } = deps
  const holder = deps.newId('job')
  const lease = openLease({ store, key: holdsLeaseKey, now, holder, durationMs: leaseMs })
  let wrong = 0
  let checkedAtMs = 0

  async function checkChanged(): Promise<void> {
    let found = 0
    for (const changed of await listChangedHolds(ledger, usersPerCheck)) {
      if (!(await lease.take())) return
      const message = await compareUser(deps, changed)
      if (message === undefined) continue
      recordWrongHold(deps, changed.username, message)
      found += 1
    }
    wrong = found
    checkedAtMs = now()
  }

  return {
    check: async () => {
      try {
        if (!(await lease.take())) {
          wrong = 0
          return
        }
        await checkChanged()
        await lease.release()
      } catch (error) {
        log.warn(
          { action: 'order.holds_check_failed', error },
          'The holds of open orders could not be compared with the journal.',
        )
      }
    },
    showIn: (metrics) => {
      showResult(metrics, () => ({ wrong, checkedAtMs }))
      showWaiting(metrics, deps)
    },
  }
}

type Metrics = Pick<ServiceMetrics, 'registry'>

function showResult(metrics: Metrics, last: () => { wrong: number; checkedAtMs: number }): void {
  addGauge(metrics, {
    name: 'order_wrong_holds',
    help: 'Users whose open orders hold something else than their journal says, as this process found.',
    read: () => last().wrong,
  })
  addGauge(metrics, {
    name: 'order_holds_checked_timestamp_seconds',
    help: 'When this process compared that last, in seconds since 1970; 0 before the first time.',
    read: () => last().checkedAtMs / 1_000,
  })
}

function showWaiting(metrics: Metrics, { ledger, now }: Pick<Deps, 'ledger' | 'now'>): void {
  addGauge(metrics, {
    name: 'order_holds_unchecked_seconds',
    help: 'How long the oldest change of a hold waits to be compared with the orders, in seconds; 0 when none does.',
    read: async () => {
      const since = await readHoldsSince(ledger)
      return since === undefined ? 0 : Math.max(0, now() - Date.parse(since)) / 1_000
    },
  })
}

/** Says what is wrong. A user whose money moved meanwhile, or is not verified yet, is compared in the next turn. */
async function compareUser(
  { ledger, store }: Pick<Deps, 'ledger' | 'store'>,
  changed: ChangedHolds,
): Promise<string | undefined> {
  const before = await readVerifiedHolds(ledger, changed.username)
  if (!before) return undefined
  const message = await checkOpenHolds(store, changed.username, before.holds)
  const after = await readVerifiedHolds(ledger, changed.username)
  if (after?.version !== before.version) return undefined
  if (message === undefined) await settleChangedHolds(ledger, changed)
  return message
}
