import { ScanCommand, type ScanCommandOutput } from '@aws-sdk/lib-dynamodb'
import { migrate, type Migration, type MigrationDeps } from '@cnop/kit/migrations'
import type { Item, Key, Store } from '@cnop/kit/dynamo'
import { transact } from '@cnop/kit/transact'
import { fromRecord } from './alert-record.ts'
import { waitingKey } from './tables.ts'

/** Brings the inventory table of an older release to this one. Await it before the subgraph reads the table. */
export const migrateInventory = (deps: MigrationDeps): Promise<void> =>
  migrate(deps, [waitingShards(deps.store), catalogueParts])

/** The version that this release migrates to. */
export const inventoryVersion = 2

const rowsPerPage = 500

/** Version 1: waiting alerts move from a partition for each side of an asset to a few partitions. */
const waitingShards = (store: Store): Migration => ({
  name: 'waiting alerts in shards',
  run: async ({ cursor, save }) => {
    let start = cursor === undefined ? undefined : (JSON.parse(cursor) as Key)
    do {
      const page: ScanCommandOutput = await store.db.documents.send(
        new ScanCommand({
          TableName: store.table,
          ConsistentRead: true,
          Limit: rowsPerPage,
          FilterExpression: 'begins_with(pk, :waiting)',
          ExpressionAttributeValues: { ':waiting': 'WAITING#' },
          ...(start && { ExclusiveStartKey: start }),
        }),
      )
      for (const row of page.Items ?? []) await moveToShard(store, row)
      start = page.LastEvaluatedKey
      if (start) await save(JSON.stringify(start))
    } while (start)
  },
})

async function moveToShard({ db, table }: Store, row: Item): Promise<void> {
  const alert = fromRecord(row)
  const key = waitingKey(alert, alert.price, alert.id)
  if (row['pk'] === key.pk && row['sk'] === key.sk) return
  await transact(db, [
    { put: { TableName: table, Item: { ...row, ...key } } },
    { delete: { TableName: table, Key: { pk: String(row['pk']), sk: String(row['sk']) } } },
  ])
}

/**
 * Version 2: the catalogue's facts have rows of their own, which an older release cannot read. Rows of before are read,
 * and replaced by the next save.
 */
const catalogueParts: Migration = {
  name: 'catalogue facts in rows of their own',
  run: () => Promise.resolve(),
}
