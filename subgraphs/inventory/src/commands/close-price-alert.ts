import { toIso } from '@cnop/kit/clock'
import type { SeenPrice } from '@cnop/quotes/seen-prices'
import { readIsWanted } from '@cnop/outbox/choices'
import { deliver } from '@cnop/outbox/deliver'
import type { Notification } from '@cnop/outbox/notification'
import { notificationWrites } from '@cnop/outbox/rows'
import type { Deps } from '../deps.ts'
import { notifyOfAlert, notifyOfEnd } from '../domain/notification.ts'
import { cancelAlert, expireAlert, fireAlert, type PriceAlert } from '../domain/price-alert.ts'
import { announceAlert } from '../events.ts'
import { toRecord } from '../store/alert-record.ts'
import { AlertClosed, saveClosedAlert } from '../store/alert-writes.ts'

type AlertDeps = Pick<Deps, 'store' | 'outbox' | 'bus' | 'log' | 'now' | 'newId' | 'alertTally'>

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

/** Ends an alert whose time is over, and notifies its owner; both happen once, with any number of concurrent attempts. */
export async function expirePriceAlert(deps: AlertDeps, alert: PriceAlert): Promise<void> {
  const expired = expireAlert(alert, toIso(deps.now()))
  await closeAlert(deps, expired, notifyOfEnd(deps.newId('ntf'), expired))
}

async function closeAlert(
  deps: AlertDeps,
  closed: PriceAlert,
  message: Notification,
): Promise<void> {
  const isWanted = await readIsWanted(deps.outbox, closed.username, message.kind)
  // It carries its alert, which is final, so that a page of notifications is one read.
  const notification = { ...message, detail: toRecord(closed) }
  try {
    const notice = isWanted ? notificationWrites(deps.outbox.table, notification) : []
    await saveClosedAlert(deps.store, closed, notice)
  } catch (error) {
    // The process that closed it has announced it.
    if (error instanceof AlertClosed) return
    throw error
  }
  await announceAlert(deps, closed)
  if (isWanted) await deliver(deps, notification)
}
