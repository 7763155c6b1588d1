import type { Store } from '@cnop/kit/dynamo'
import { isExpired, queryPage } from '@cnop/kit/read'
import { transact, type Write } from '@cnop/kit/transact'
import { readItem } from '@cnop/kit/read'
import { z } from 'zod'
import { type Notification, notificationKinds } from '../domain/notification.ts'
import { fromRecord, toRecord } from './alert-record.ts'
import { notificationKey, notificationPrefix, seenKey, userPk } from './tables.ts'
import { keptUntil } from './time-to-live.ts'

const row = z.object({
  id: z.string(),
  username: z.string(),
  kind: z.enum(notificationKinds),
  text: z.string(),
  createdAt: z.string(),
  alert: z.unknown().transform(fromRecord),
})

/** The notification carries its alert, which is final, so that a page of them is one read. */
export function notificationWrite(table: string, notification: Notification): Write {
  const { username, id, createdAt, alert } = notification
  return {
    put: {
      TableName: table,
      Item: {
        ...notificationKey(username, id),
        ...notification,
        alert: toRecord(alert),
        expiresAt: keptUntil(createdAt),
      },
      ConditionExpression: 'attribute_not_exists(pk)',
    },
  }
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
  return { notifications: kept.map((item) => row.parse(item)), hasMore }
}

class SeenAlready extends Error {
  override readonly name = 'SeenAlready'
}

/** Up to which moment the user has seen notifications. */
export async function readSeenAt(
  { db, table }: Store,
  username: string,
): Promise<string | undefined> {
  const item = await readItem(db, table, seenKey(username))
  return typeof item?.['seenAt'] === 'string' ? item['seenAt'] : undefined
}

/** Moves that moment forward; one that is further already stays. */
export async function saveSeenAt(
  { db, table }: Store,
  username: string,
  seenAt: string,
): Promise<void> {
  const put = {
    TableName: table,
    Item: { ...seenKey(username), seenAt },
    ConditionExpression: 'attribute_not_exists(pk) OR seenAt < :seenAt',
    ExpressionAttributeValues: { ':seenAt': seenAt },
  }
  try {
    await transact(db, [{ put, refused: () => new SeenAlready() }])
  } catch (error) {
    if (!(error instanceof SeenAlready)) throw error
  }
}
