import { toIso } from '@cnop/kit/clock'
import type { Write } from '@cnop/kit/transact'
import type { SeenPrice } from '@cnop/quotes/seen-prices'
import { readIsWanted } from '@cnop/outbox/choices'
import { deliver } from '@cnop/outbox/deliver'
import type { Notification } from '@cnop/outbox/notification'
import { notificationWrites } from '@cnop/outbox/rows'
import type { Deps } from '../deps.ts'
import { notifyOfAlert, notifyOfEnd } from '../domain/notification.ts'
import { cancelAlert, expireAlert, meetAlert, type PriceAlert } from '../domain/price-alert.ts'
import { type AlertEvent, announceAlert } from '../events.ts'
import { toRecord } from '../store/alert-record.ts'
import { AlertClosed, AlertMoved, saveClosedAlert, saveMovedAlert } from '../store/alert-writes.ts'

type AlertDeps = Pick<Deps, 'store' | 'outbox' | 'bus' | 'log' | 'now' | 'newId' | 'alertTally'>

export interface Met {
  /** What the alert has become, here or in another process. */
  readonly alert: PriceAlert
  readonly isByThis: boolean
}

/**
 * Fires an alert at a price that it waits for, and notifies its owner, or re-arms it; each happens once, with any number of concurrent
 * attempts.
 */
export async function meetPriceAlert(
  deps: AlertDeps,
  before: PriceAlert,
  seen: SeenPrice,
): Promise<Met> {
  const { alert, isTold } = meetAlert(before, seen, toIso(deps.now()))
  const message = isTold ? notifyOfAlert(deps.newId('ntf'), alert) : undefined
  const save: Save =
    alert.status === 'ACTIVE'
      ? (notice) => saveMovedAlert(deps.store, alert, before, notice)
      : closeWith(deps, alert)
  return { alert, isByThis: await changeAlert(deps, alert, message, save) }
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
  await changeAlert(deps, closed, message, closeWith(deps, closed))
}

type Save = (notice: readonly Write[]) => Promise<void>

const closeWith =
  ({ store }: AlertDeps, closed: PriceAlert): Save =>
  (notice) =>
    saveClosedAlert(store, closed, notice)

/** Whether the change was made here, and not by another process before. */
async function changeAlert(
  deps: AlertDeps,
  alert: PriceAlert,
  message: Notification | undefined,
  save: Save,
): Promise<boolean> {
  const isWanted =
    message !== undefined && (await readIsWanted(deps.outbox, alert.username, message.kind))
  // It carries its alert as it is now, so that a page of notifications is one read.
  const notification = isWanted ? { ...message, detail: toRecord(alert) } : undefined
  try {
    await save(notification ? notificationWrites(deps.outbox.table, notification) : [])
  } catch (error) {
    // The process that changed it has announced it.
    if (error instanceof AlertClosed || error instanceof AlertMoved) return false
    throw error
  }
  await announceAlert(deps, alert, eventOf(alert, message !== undefined))
  if (notification) await deliver(deps, notification)
  return true
}

function eventOf({ status, repeat }: PriceAlert, isTold: boolean): AlertEvent {
  if (status !== 'ACTIVE') return closedEvents[status]
  if (repeat?.isArmed) return 'rearmed'
  return isTold ? 'repeated' : 'silenced'
}

const closedEvents = { FIRED: 'fired', CANCELLED: 'cancelled', EXPIRED: 'expired' } as const
