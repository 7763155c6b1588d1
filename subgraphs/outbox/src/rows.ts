import type { Store } from '@cnop/kit/dynamo'
import { isExpired, queryPage } from '@cnop/kit/read'
import type { Write } from '@cnop/kit/transact'
import { fromRow, type Notification } from './notification.ts'
import { dueKey, notificationKey, notificationPrefix, userPk } from './tables.ts'

/** How long notifications are kept. */
const keptSeconds = 90 * 86_400

/**
 * The writes of a notification, for the transaction of its cause: the row that its user reads, and the one that makes a worker
 * deliver it. The cause happens once, and so does its notification.
 */
export function notificationWrites(table: string, notification: Notification): Write[] {
  const { username, id, createdAt } = notification
  const expiresAt = BigInt(Math.floor(Date.parse(createdAt) / 1_000) + keptSeconds)
  return [
    {
      put: {
        TableName: table,
        Item: { ...notificationKey(username, id), ...notification, expiresAt },
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    },
    { put: { TableName: table, Item: { ...dueKey(notification), username, id } } },
  ]
}

export interface NotificationSlice {
  readonly username: string
  readonly first: number
  /** Continue behind this notification. */
  readonly after: string | undefined
  readonly nowMs: number
}

/** The next notifications of a user, newest first, and whether there are more. */
export async function listNotifications(
  { db, table }: Store,
  { username, first, after, nowMs }: NotificationSlice,
): Promise<{ notifications: Notification[]; hasMore: boolean }> {
  const page = await queryPage(db, {
    table,
    pk: userPk(username),
    skPrefix: notificationPrefix,
    limit: first,
    newestFirst: true,
    after: after === undefined ? undefined : notificationKey(username, after),
  })
  const kept = page.items.filter((item) => !isExpired(item, nowMs))
  // Whatever comes behind one whose time is over is older still.
  const hasMore = page.last !== undefined && kept.length === page.items.length
  return { notifications: kept.map(fromRow), hasMore }
}
