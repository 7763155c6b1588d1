import { createHash } from 'node:crypto'
import { isExpired, readItem } from '@cnop/kit/read'
import type { Write } from '@cnop/kit/transact'
import type { Item, Store } from '@cnop/kit/dynamo'
import { guardKey } from './tables.ts'
import { secondsOf } from './time-to-live.ts'

/** What a client's key was used for. */
export interface Guard {
  readonly username: string
  readonly key: string
  /** The hash of the input: the same key with other input is refused. */
  readonly inputHash: string
  /** The alert that the key has made. */
  readonly alertId: string
  readonly nowMs: number
}

export type UsedKey = Pick<Guard, 'inputHash' | 'alertId'>

/** Another command was faster with the same key. */
export class KeyUsed extends Error {
  override readonly name = 'KeyUsed'
}

/** How long a key is kept: twice the documented day. */
const keepKeysSeconds = 2n * 24n * 60n * 60n

export const hashInput = (input: unknown): string =>
  createHash('sha256').update(JSON.stringify(input)).digest('base64url')

/** An unused key, or one whose row has expired but is not deleted yet. */
export function guardWrite(
  table: string,
  { username, key, inputHash, alertId, nowMs }: Guard,
): Write {
  const now = secondsOf(nowMs)
  return {
    put: {
      TableName: table,
      Item: {
        ...guardKey(username, key),
        inputHash,
        alertId,
        expiresAt: now + keepKeysSeconds,
      },
      ConditionExpression: 'attribute_not_exists(pk) OR expiresAt <= :now',
      ExpressionAttributeValues: { ':now': now },
    },
    refused: () => new KeyUsed('The key is in use.'),
  }
}

export async function readGuard(
  { db, table }: Store,
  { username, key, nowMs }: Pick<Guard, 'username' | 'key' | 'nowMs'>,
): Promise<UsedKey | undefined> {
  const row = await readItem(db, table, guardKey(username, key))
  return row && !isExpired(row, nowMs) ? parseUsed(row) : undefined
}

const parseUsed = ({ inputHash, alertId }: Item): UsedKey => ({
  inputHash: String(inputHash),
  alertId: String(alertId),
})
