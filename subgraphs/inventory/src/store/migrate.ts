import { ScanCommand, type ScanCommandOutput } from '@aws-sdk/lib-dynamodb'
import { migrate, type Migration, type MigrationDeps } from '@cnop/kit/migrations'
import type { Item, Key, Store } from '@cnop/kit/dynamo'
import { transact } from '@cnop/kit/transact'
import { fromRecord } from './alert-record.ts'
import { waitingKey } from './tables.ts'

/** Brings the inventory table of an older release to this one. Await it before the subgraph reads the table. */
export const migrateInventory = (deps: MigrationDeps & { readonly outbox: Store }): Promise<void> =>
  migrate(deps, [
    waitingShards(deps.store),
    catalogueParts,
    notificationsInOutbox(deps.store, deps.outbox),
  ])

/** The version that this release migrates to. */
export const inventoryVersion = 3

const rowsPerPage = 500

/** Version 1: waiting alerts move from a partition for each side of an asset to a few partitions. */
const waitingShards = (store: Store): Migration => ({
  name: 'waiting alerts in shards',
  run: moveRows(store, { key: 'pk', prefix: 'WAITING#' }, (row) => moveToShard(store, row)),
})

/** Moves all rows of one kind, and goes on where an earlier run stopped. */
const moveRows =
  (
    { db, table }: Store,
    { key, prefix }: { readonly key: 'pk' | 'sk'; readonly prefix: string },
    move: (row: Item) => Promise<void>,
  ): Migration['run'] =>
  async ({ cursor, save }) => {
    let start = cursor === undefined ? undefined : (JSON.parse(cursor) as Key)
    do {
      const page: ScanCommandOutput = await db.documents.send(
        new ScanCommand({
          TableName: table,
          ConsistentRead: true,
          Limit: rowsPerPage,
          FilterExpression: 'begins_with(#key, :prefix)',
          ExpressionAttributeNames: { '#key': key },
          ExpressionAttributeValues: { ':prefix': prefix },
          ...(start && { ExclusiveStartKey: start }),
        }),
      )
      for (const row of page.Items ?? []) await move(row)
      start = page.LastEvaluatedKey
      if (start) await save(JSON.stringify(start))
    } while (start)
  }

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

/** Version 3: notifications are rows of the outbox. */
const notificationsInOutbox = (store: Store, outbox: Store): Migration => ({
  name: 'notifications in the outbox',
  run: moveRows(store, { key: 'sk', prefix: 'NOTE#' }, (row) => moveToOutbox(store, outbox, row)),
})

async function moveToOutbox({ db, table }: Store, outbox: Store, row: Item): Promise<void> {
  const { alert, ...message } = row
  const { id: alertId, assetId } = fromRecord(alert)
  await transact(db, [
    { put: { TableName: outbox.table, Item: { ...message, alertId, assetId, detail: alert } } },
    { delete: { TableName: table, Key: { pk: String(row['pk']), sk: String(row['sk']) } } },
  ])
}
