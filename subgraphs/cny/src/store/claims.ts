import type { Item, Store } from '@cnop/kit/dynamo'
import { readItems } from '@cnop/kit/read'
import type { TableDefinition } from '@cnop/kit/tables'
import type { Write } from '@cnop/kit/transact'
import type { PocketSize } from '../domain/red-pocket.ts'

/** One row for each user and day on which a pocket was opened: its key is the rule. */
export const claimsTable = (name: string): TableDefinition => ({
  name,
  indexes: [],
  hasTimeToLive: true,
})

export const claimKey = (username: string, day: string) => ({
  pk: `USER#${username}`,
  sk: `CLAIM#${day}`,
})

export interface Claim {
  readonly username: string
  readonly day: string
  readonly size: PocketSize
  readonly claimedAt: string
}

// The journal keeps the payment for ever; the claim itself matters on its day only.
const keepSeconds = 35n * 24n * 60n * 60n

/** Writes a claim, or is refused because there is one of this day. */
export function claimWrite(table: string, claim: Claim, refused: () => Error): Write {
  const { username, day, size, claimedAt } = claim
  const claimedSeconds = BigInt(Math.floor(Date.parse(claimedAt) / 1000))
  const row = { size, claimedAt, expiresAt: claimedSeconds + keepSeconds }
  return {
    put: {
      TableName: table,
      Item: { ...claimKey(username, day), ...row },
      ConditionExpression: 'attribute_not_exists(pk)',
    },
    refused,
  }
}

export interface ClaimDay {
  readonly username: string
  readonly day: string
}

/** Whether each user has claimed on the day, in one read. */
export async function readClaimed(
  { db, table }: Store,
  days: readonly ClaimDay[],
): Promise<boolean[]> {
  const rows = days.map(({ username, day }) => ({ table, key: claimKey(username, day) }))
  const items: (Item | undefined)[] = await readItems(db, rows)
  return items.map((item) => item !== undefined)
}
