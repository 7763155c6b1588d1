import { setTimeout as delay } from 'node:timers/promises'
import {
  BatchWriteCommand,
  type BatchWriteCommandOutput,
  ScanCommand,
  type ScanCommandOutput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import { isConditionFailed, type Item } from '@cnop/kit/dynamo'
import { type Migration, migrate, type MigrationDeps } from '@cnop/kit/migrations'
import { quantityFromUnits, usdFromCents } from '@cnop/kit/money'
import { type LedgerPlace, readAccount, readJournal } from './balances.ts'
import { startClosingCheck } from './check-closings.ts'
import { type Closing, closingsDue, entriesPerBlock } from './closing.ts'
import { readClosings } from './closings.ts'
import { closingItem } from './item.ts'
import { accountKey, accountSk, indexKeys, isOfUser, usernameOf } from './keys.ts'
import { type Discrepancy, type Replay, replayEntry, startReplay } from './replay.ts'

/** Migrates the ledger of an older release. Every process that moves money awaits this before it starts. */
export const migrateLedger = (deps: MigrationDeps): Promise<void> =>
  migrate(deps, [closingsAndIndex(deps.store)])

const accountsPerPage = 500

/** Version 1: closings, the cash paid in, and the index of the activity. */
const closingsAndIndex = (place: LedgerPlace): Migration => ({
  name: 'closings and the index of the activity',
  run: async ({ cursor, save }) => {
    let start = cursor === undefined ? undefined : (JSON.parse(cursor) as Record<string, string>)
    do {
      const page: ScanCommandOutput = await place.db.documents.send(
        new ScanCommand({
          TableName: place.table,
          ConsistentRead: true,
          Limit: accountsPerPage,
          FilterExpression: 'sk = :account AND attribute_not_exists(paidIn)',
          ExpressionAttributeValues: { ':account': accountSk },
          ProjectionExpression: 'pk',
          ...(start && { ExclusiveStartKey: start }),
        }),
      )
      const found = (page.Items ?? []) as { pk: string }[]
      for (const { pk } of found) if (isOfUser(pk)) await migrateAccount(place, usernameOf(pk))
      start = page.LastEvaluatedKey as Record<string, string> | undefined
      if (start) await save(JSON.stringify(start))
    } while (start)
  },
})

/** Writes the state derived from the journal, verifies it, and marks the account; retries when the account changed meanwhile. */
async function migrateAccount(place: LedgerPlace, username: string): Promise<void> {
  for (;;) {
    const { version, sequence } = await readAccount(place, username)
    const rows = createRowWriter(place)
    const replay = startReplay(username)
    const check = startClosingCheck()
    for await (const entry of readJournal(place, username, { through: sequence })) {
      for (const kind of closingsDue(replay, entry.createdAt.slice(0, 10), entriesPerBlock)) {
        await rows.add(closingItem(username, kind, closeReplay(replay, entry.createdAt)))
      }
      check.note(replay, entry)
      refuse(replayEntry(replay, entry))
      for (const key of indexKeys(entry)) await rows.add({ ...key })
    }
    await rows.flush()
    refuse(check.compare(replay, await readClosings(place, username)))
    if (await markMigrated(place, replay, version)) return
  }
}

/** An operator must repair a journal that does not add up: `ledger:verify` reports all problems. */
function refuse(found: Discrepancy | undefined): void {
  if (!found) return
  const { username, kind, message } = found
  throw new Error(`The journal of ${username} cannot be migrated: ${kind}, ${message}.`)
}

function closeReplay(replay: Replay, until: string): Closing {
  const { sequence, head, day } = replay
  const owned = [...replay.holdings].filter(([, { available, held }]) => available + held !== 0n)
  return {
    ...{ sequence, head, day, until },
    available: usdFromCents(replay.available),
    held: usdFromCents(replay.held),
    paidIn: usdFromCents(replay.paidIn),
    holdings: owned.map(([assetId, { available, held, costBasis }]) => ({
      assetId,
      available: quantityFromUnits(available),
      held: quantityFromUnits(held),
      costBasis: usdFromCents(costBasis),
    })),
  }
}

async function markMigrated(
  { db, table }: LedgerPlace,
  { username, paidIn }: Replay,
  version: bigint,
): Promise<boolean> {
  try {
    await db.documents.send(
      new UpdateCommand({
        TableName: table,
        Key: accountKey(username),
        UpdateExpression: 'SET paidIn = :paidIn, version = :next',
        ConditionExpression: 'version = :version',
        ExpressionAttributeValues: {
          ':paidIn': paidIn,
          ':version': version,
          ':next': version + 1n,
        },
      }),
    )
    return true
  } catch (error) {
    if (isConditionFailed(error)) return false
    throw error
  }
}

const rowsPerWrite = 25
const maxRounds = 10

/** Puts rows in batches; a row is put again when it is there already. */
function createRowWriter({ db, table }: LedgerPlace) {
  let waiting: Item[] = []
  async function flush(): Promise<void> {
    let requests: BatchWriteCommandOutput['UnprocessedItems'] = {
      [table]: waiting.map((Item) => ({ PutRequest: { Item } })),
    }
    if (waiting.length === 0) return
    waiting = []
    for (let round = 0; round < maxRounds; round += 1) {
      const { UnprocessedItems: left = {} }: BatchWriteCommandOutput = await db.documents.send(
        new BatchWriteCommand({ RequestItems: requests }),
      )
      if (Object.keys(left).length === 0) return
      requests = left
      await delay(50 * 2 ** round)
    }
    throw new Error('The store did not accept all rows of a migration.')
  }
  return {
    flush,
    add: async (item: Item): Promise<void> => {
      waiting.push(item)
      if (waiting.length === rowsPerWrite) await flush()
    },
  }
}
