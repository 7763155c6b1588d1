import { toIso } from '@cnop/kit/clock'
import type { Deps } from '../deps.ts'
import { notifyOfAlert } from '../domain/notification.ts'
import { fireAlert, type PriceAlert, type SeenPrice } from '../domain/price-alert.ts'
import { announceAlert, announceNotification } from '../events.ts'
import { AlertClosed, saveClosedAlert } from '../store/alert-writes.ts'

/** Fires an alert at a price that it waits for, and notifies its owner; both happen once, however many try. */
export async function firePriceAlert(
  deps: Pick<Deps, 'store' | 'bus' | 'log' | 'now' | 'newId' | 'alertTally'>,
  alert: PriceAlert,
  seen: SeenPrice,
): Promise<void> {
  const fired = fireAlert(alert, seen, toIso(deps.now()))
  const notification = notifyOfAlert(deps.newId('ntf'), fired)
  try {
    await saveClosedAlert(deps.store, fired, notification)
  } catch (error) {
    // Whoever was faster has told everyone.
    if (error instanceof AlertClosed) return
    throw error
  }
  await announceAlert(deps, fired)
  await announceNotification(deps, notification)
}
