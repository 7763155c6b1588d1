import { activityOf } from '@cnop/kit/activity'
import type { EventBus } from '@cnop/kit/bus'
import { type Clock, toIso } from '@cnop/kit/clock'
import type { Key, Store } from '@cnop/kit/dynamo'
import type { Log } from '@cnop/kit/log'
import { queryPage, readItem } from '@cnop/kit/read'
import { repeat, type Repeated } from '@cnop/kit/repeat'
import { transact } from '@cnop/kit/transact'
import { notificationsAdded } from '@cnop/schema/events'
import { fromRow, type Notification } from './notification.ts'
import { dueKey, dueShards, notificationKey } from './tables.ts'

export interface DeliveryDeps {
  readonly outbox: Store
  readonly bus: EventBus
  readonly log: Log
  readonly now: Clock
}

/**
 * Delivers a notification after its commit, and forgets that it was due. It never fails: what this process does not get to,
 * because it stops or the store is away, a worker delivers. So a delivery may be repeated, under the same id.
 */
export async function deliver(deps: DeliveryDeps, notification: Notification): Promise<void> {
  try {
    await publish(deps, notification)
    await forget(deps.outbox, dueKey(notification))
  } catch (error) {
    announceFailure(deps, error)
  }
}

async function publish({ bus }: DeliveryDeps, notification: Notification): Promise<void> {
  const { username, detail: _, ...message } = notification
  await bus.publish(notificationsAdded(username), { username, notification: message })
}

const forget = ({ db, table }: Store, key: Key): Promise<void> =>
  transact(db, [{ delete: { TableName: table, Key: key } }])

const announceFailure = ({ log }: Pick<DeliveryDeps, 'log'>, error: unknown): void =>
  log.warn(
    { action: 'outbox.delivery_failed', error },
    'Notifications could not be delivered; they are stored, and delivered later.',
  )

/** A process that writes a notification delivers it at once; a worker takes over what is older than this. */
const graceMs = 5_000
/** How long a worker has for one delivery before another one may take it over. */
const leaseMs = 30_000
const everyMs = 5_000
/** A process that rests wakes with the first request, which may have a cause. */
const restMs = 300_000
const rowsPerShard = 50

class Leased extends Error {
  override readonly name = 'Leased'
}

/** A run delivers what others have left, a bounded number at a time. */
export type DeliveryWorker = Repeated<void>

/** Delivers what a process wrote and did not deliver, because it crashed. Any number of processes may run it: a lease keeps them apart. */
export function startDelivery(deps: DeliveryDeps): DeliveryWorker {
  const run = async (): Promise<void> => {
    try {
      for (const pk of dueShards) await deliverShard(deps, pk)
    } catch (error) {
      announceFailure(deps, error)
    }
  }
  return repeat(run, everyMs, { activity: activityOf(deps.outbox.db), pauseMs: restMs })
}

async function deliverShard(deps: DeliveryDeps, pk: string): Promise<void> {
  const { db, table } = deps.outbox
  const { items } = await queryPage(db, {
    table,
    pk,
    between: ['0', `${toIso(deps.now() - graceMs)}$`],
    limit: rowsPerShard,
    newestFirst: false,
  })
  for (const { sk, username, id } of items) {
    const key = { pk, sk: String(sk) }
    if (!(await lease(deps, key))) continue
    const item = await readItem(db, table, notificationKey(String(username), String(id)))
    if (item) await publish(deps, fromRow(item))
    await forget(deps.outbox, key)
  }
}

/** Of several workers one gets it, until the lease has ended. */
async function lease({ outbox: { db, table }, now }: DeliveryDeps, key: Key): Promise<boolean> {
  const update = {
    TableName: table,
    Key: key,
    UpdateExpression: 'SET leasedUntil = :until',
    ConditionExpression:
      'attribute_exists(pk) AND (attribute_not_exists(leasedUntil) OR leasedUntil <= :now)',
    ExpressionAttributeValues: { ':until': BigInt(now() + leaseMs), ':now': BigInt(now()) },
  }
  try {
    await transact(db, [{ update, refused: () => new Leased('Another worker delivers it.') }])
    return true
  } catch (error) {
    if (error instanceof Leased) return false
    throw error
  }
}
