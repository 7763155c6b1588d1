import { DeleteCommand } from '@aws-sdk/lib-dynamodb'
import { isConditionFailed } from '@cnop/kit/dynamo'
import { queryPage } from '@cnop/kit/read'
import { z } from 'zod'
import type { LedgerPlace } from './balances.ts'
import { resumeReplay } from './checkpoint.ts'
import { changedHoldsKey, changedHoldsPk } from './keys.ts'
import type { OpenHold } from './replay.ts'
import { readVerified } from './verifier-store.ts'
import { shards } from './verify-new.ts'

/** A user whose holds, by the verified journal, are others than at the last comparison with the orders. */
export interface ChangedHolds {
  readonly username: string
  readonly since: string
  readonly sequence: bigint
}

const row = z.object({ sk: z.string(), since: z.string(), sequence: z.bigint() })

/** Up to so many of the users of each part; of these, those first that have waited longest. */
export async function listChangedHolds(
  { db, table }: LedgerPlace,
  limit: number,
): Promise<readonly ChangedHolds[]> {
  const pages = await Promise.all(
    shards.map((shard) =>
      queryPage(db, { table, pk: changedHoldsPk(shard), limit, newestFirst: false }),
    ),
  )
  return pages
    .flatMap(({ items }) =>
      items.map((item) => {
        const { sk, since, sequence } = row.parse(item)
        return { username: sk, since, sequence }
      }),
    )
    .sort((one, other) => (one.since < other.since ? -1 : 1))
}

const soonest = 100

/** Since when the oldest change waits, among the first hundred of each part; undefined when none does. */
export async function readHoldsSince(place: LedgerPlace): Promise<string | undefined> {
  const [oldest] = await listChangedHolds(place, soonest)
  return oldest?.since
}

/** The holds by the journal, where all of it is verified, and the version of the account that they belong to. */
export async function readVerifiedHolds(
  place: LedgerPlace,
  username: string,
): Promise<{ version: bigint; holds: ReadonlyMap<string, OpenHold> } | undefined> {
  const { account, checkpoint } = await readVerified(place, username)
  if (!account || checkpoint?.sequence !== account.sequence) return undefined
  return { version: account.version, holds: resumeReplay(username, checkpoint).holds }
}

/** Notes that the holds were compared; they are compared again when they have changed meanwhile. */
export async function settleChangedHolds(
  { db, table }: LedgerPlace,
  { username, sequence }: ChangedHolds,
): Promise<void> {
  try {
    await db.documents.send(
      new DeleteCommand({
        TableName: table,
        Key: changedHoldsKey(username),
        ConditionExpression: '#sequence = :sequence',
        ExpressionAttributeNames: { '#sequence': 'sequence' },
        ExpressionAttributeValues: { ':sequence': sequence },
      }),
    )
  } catch (error) {
    if (!isConditionFailed(error)) throw error
  }
}
