import { toIso } from '@cnop/kit/clock'
import type { SeenPrice } from '@cnop/quotes/seen-prices'
import type { Deps } from '../deps.ts'
import { type Notification, notifyOfAlert, notifyOfEnd } from '../domain/notification.ts'
import { cancelAlert, fireAlert, type PriceAlert } from '../domain/price-alert.ts'
import { announceAlert, announceNotification } from '../events.ts'
import { AlertClosed, saveClosedAlert } from '../store/alert-writes.ts'

type AlertDeps = Pick<Deps, 'store' | 'bus' | 'log' | 'now' | 'newId' | 'alertTally'>

/** Fires an alert at a price that it waits for, and notifies its owner; both happen once, with any number of concurrent attempts. */
export async function firePriceAlert(
  deps: AlertDeps,
  alert: PriceAlert,
  seen: SeenPrice,
): Promise<void> {
  const fired = fireAlert(alert, seen, toIso(deps.now()))
  await closeAlert(deps, fired, notifyOfAlert(deps.newId('ntf'), fired))
}

/** Ends an alert whose asset was delisted, and notifies its owner; both happen once, with any number of concurrent attempts. */
export async function endPriceAlert(deps: AlertDeps, alert: PriceAlert): Promise<void> {
  const ended = cancelAlert(alert, toIso(deps.now()))
  await closeAlert(deps, ended, notifyOfEnd(deps.newId('ntf'), ended))
}

async function closeAlert(
  deps: AlertDeps,
  closed: PriceAlert,
  notification: Notification,
): Promise<void> {
  try {
    await saveClosedAlert(deps.store, closed, notification)
  } catch (error) {
    // The process that closed it has announced it.
    if (error instanceof AlertClosed) return
    throw error
  }
  await announceAlert(deps, closed)
  await announceNotification(deps, notification)
}
