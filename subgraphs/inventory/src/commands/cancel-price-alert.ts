import { toIso } from '@cnop/kit/clock'
import { BadInput, Contention } from '@cnop/kit/errors'
import type { Actor } from '@cnop/kit/identity'
import type { Deps } from '../deps.ts'
import { PriceAlertNotFound } from '../domain/errors.ts'
import { cancelAlert, isAlertId, type PriceAlert } from '../domain/price-alert.ts'
import { announceAlert } from '../events.ts'
import { AlertClosed, AlertMoved, saveClosedAlert } from '../store/alert-writes.ts'
import { readAlert } from '../store/alerts.ts'

/** How often the alert may fire or re-arm between. */
const maxAttempts = 10

/** Cancels an active alert. One that is closed already is answered as it is. */
export async function cancelPriceAlert(
  deps: Deps,
  actor: Pick<Actor, 'username'>,
  alertId: string,
): Promise<PriceAlert> {
  if (!isAlertId(alertId)) {
    throw new BadInput('id', 'must be 10 to 50 letters, digits or underscores')
  }
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    const known = await findAlert(deps, actor, alertId)
    if (known.status !== 'ACTIVE') return known
    const cancelled = cancelAlert(known, toIso(deps.now()))
    try {
      await saveClosedAlert(deps.store, cancelled)
      await announceAlert(deps, cancelled, 'cancelled')
      return cancelled
    } catch (error) {
      // It has fired, re-armed or ended meanwhile.
      if (!(error instanceof AlertClosed) && !(error instanceof AlertMoved)) throw error
    }
  }
  throw new Contention()
}

/** Alerts of other users are not found. */
async function findAlert(
  { store, now }: Deps,
  { username }: Pick<Actor, 'username'>,
  alertId: string,
): Promise<PriceAlert> {
  const alert = await readAlert(store, { username, alertId, nowMs: now() })
  if (!alert) throw new PriceAlertNotFound(alertId)
  return alert
}
