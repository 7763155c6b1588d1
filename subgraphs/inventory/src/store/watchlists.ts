import type { Store } from '@cnop/kit/dynamo'
import { Contention } from '@cnop/kit/errors'
import { readItem } from '@cnop/kit/read'
import { transact } from '@cnop/kit/transact'
import { z } from 'zod'
import { watchlistKey } from './tables.ts'

const row = z.object({ assetIds: z.array(z.string()), version: z.bigint() })

type Watchlist = z.infer<typeof row>

async function read({ db, table }: Store, username: string): Promise<Watchlist> {
  const item = await readItem(db, table, watchlistKey(username))
  return item ? row.parse(item) : { assetIds: [], version: 0n }
}

/** Whether a user has ever had a watchlist, also when nothing is on it now. */
export const hasWatchlist = async (store: Store, username: string): Promise<boolean> =>
  (await read(store, username)).version > 0n

/** What a user watches, in the order it was added. */
export async function readWatchlist(store: Store, username: string): Promise<readonly string[]> {
  return (await read(store, username)).assetIds
}

class VersionLost extends Error {
  override readonly name = 'VersionLost'
}

const maxAttempts = 10

/** Changes a user's watchlist. The loser of a race decides again on the new row. */
export async function changeWatchlist(
  store: Store,
  username: string,
  change: (assetIds: readonly string[]) => readonly string[],
): Promise<void> {
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    const { assetIds, version } = await read(store, username)
    const next = change(assetIds)
    if (next === assetIds) return
    try {
      await write(store, username, { assetIds: [...next], version })
      return
    } catch (error) {
      if (!(error instanceof VersionLost)) throw error
    }
  }
  throw new Contention()
}

async function write(
  { db, table }: Store,
  username: string,
  { assetIds, version }: Watchlist,
): Promise<void> {
  const put = {
    TableName: table,
    Item: { ...watchlistKey(username), assetIds, version: version + 1n },
    ConditionExpression: version === 0n ? 'attribute_not_exists(pk)' : 'version = :version',
    ...(version > 0n && { ExpressionAttributeValues: { ':version': version } }),
  }
  await transact(db, [{ put, refused: () => new VersionLost() }])
}
