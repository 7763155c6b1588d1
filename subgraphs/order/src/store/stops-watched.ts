import { toIso } from '@cnop/kit/clock'
import { isConditionFailed, type Store } from '@cnop/kit/dynamo'
import { readItem } from '@cnop/kit/read'
import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { stopsWatchedKey } from './keys.ts'

/** Until when every stop order has been compared with the recorded market; undefined before the first time. */
export async function readStopsWatched({ db, table }: Store): Promise<number | undefined> {
  const row = await readItem(db, table, stopsWatchedKey)
  return row && Date.parse(String(row['watchedAt']))
}

/** Notes it. A process that looked at less than another changes nothing. */
export async function saveStopsWatched({ db, table }: Store, atMs: number): Promise<void> {
  const watchedAt = toIso(atMs)
  try {
    await db.documents.send(
      new PutCommand({
        TableName: table,
        Item: { ...stopsWatchedKey, watchedAt },
        ConditionExpression: 'attribute_not_exists(pk) OR watchedAt < :watchedAt',
        ExpressionAttributeValues: { ':watchedAt': watchedAt },
      }),
    )
  } catch (error) {
    if (!isConditionFailed(error)) throw error
  }
}
