import type { Store } from '@cnop/kit/dynamo'
import { readItem } from '@cnop/kit/read'
import { transact } from '@cnop/kit/transact'
import { seenKey } from './tables.ts'

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
