import { ScanCommand, type ScanCommandOutput, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { toIso } from '@cnop/kit/clock'
import { createRowWriter } from '@cnop/kit/copy-rows'
import { isConditionFailed, type Store } from '@cnop/kit/dynamo'
import { type Migration, migrate, type MigrationDeps, type Progress } from '@cnop/kit/migrations'
import { quantityFromUnits, usdFromCents } from '@cnop/kit/money'
import { type LedgerPlace, readAccount, readJournal } from './balances.ts'
import { compareClosings, findExtraClosing, startClosingCheck } from './check-closings.ts'
import { type Closing, closingsDue, entriesPerBlock } from './closing.ts'
import { readExpected, streamClosings } from './closings.ts'
import { closingItem, unverifiedMark } from './item.ts'
import { accountKey, accountSk, indexKeys, isOfUser, unverifiedIndex, usernameOf } from './keys.ts'
import { type Discrepancy, type Replay, replayEntry, startReplay } from './replay.ts'

/** Migrates the ledger of an older release. Every process that moves money awaits this before it starts. */
export const migrateLedger = (deps: MigrationDeps): Promise<void> => migrate(deps, migrations(deps))

const migrations = (deps: MigrationDeps): readonly Migration[] => [
  closingsAndIndex(deps.store),
  marks(deps),
  lots,
  volumes,
]

/** The version that this release migrates to. */
export const ledgerVersion = 4

const accountsPerPage = 500

/** Version 1: closings, the cash paid in, and the index of the activity. */
const closingsAndIndex = (place: LedgerPlace): Migration => ({
  name: 'closings and the index of the activity',
  run: (progress) =>
    eachAccount(place, progress, 'paidIn', (username) => migrateAccount(place, username)),
})

/** Version 2: every account is marked, so that the next rounds verify its journal and write its first checkpoint. */
const marks = ({ store, now }: MigrationDeps): Migration => ({
  name: 'marks for incremental verification',
  run: (progress) =>
    eachAccount(store, progress, `${unverifiedIndex}Pk`, (username) =>
      markAccount(store, username, toIso(now())),
    ),
})

/**
 * Version 3: lots. No row changes, because one without lots is read as one lot. The version keeps older releases out: the rows
 * that they write lose the lots.
 */
const lots: Migration = { name: 'lots of holdings', run: () => Promise.resolve() }

/** Version 4: traded volumes. No row changes either: an account counts from its next entry on. Older releases would lose what it counts. */
const volumes: Migration = { name: 'traded volumes', run: () => Promise.resolve() }

async function markAccount({ db, table }: Store, username: string, since: string): Promise<void> {
  const mark = Object.entries(unverifiedMark(username, since))
  await db.documents.send(
    new UpdateCommand({
      TableName: table,
      Key: accountKey(username),
      UpdateExpression: `SET ${mark.map(([name]) => `${name} = :${name}`).join(', ')}`,
      ExpressionAttributeValues: Object.fromEntries(
        mark.map(([name, value]) => [`:${name}`, value]),
      ),
    }),
  )
}

/** Calls back for each account that lacks an attribute, page by page; an interruption continues at its page. */
async function eachAccount(
  { db, table }: Store,
  { cursor, save }: Progress,
  attribute: string,
  change: (username: string) => Promise<void>,
): Promise<void> {
  let start = cursor === undefined ? undefined : (JSON.parse(cursor) as Record<string, string>)
  do {
    const page: ScanCommandOutput = await db.documents.send(
      new ScanCommand({
        TableName: table,
        ConsistentRead: true,
        Limit: accountsPerPage,
        FilterExpression: `sk = :account AND attribute_not_exists(${attribute})`,
        ExpressionAttributeValues: { ':account': accountSk },
        ProjectionExpression: 'pk',
        ...(start && { ExclusiveStartKey: start }),
      }),
    )
    const found = (page.Items ?? []) as { pk: string }[]
    for (const { pk } of found) if (isOfUser(pk)) await change(usernameOf(pk))
    start = page.LastEvaluatedKey as Record<string, string> | undefined
    if (start) await save(JSON.stringify(start))
  } while (start)
}

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
    const expected = check.take()
    refuse(compareClosings(username, expected, await readExpected(place, username, expected)))
    let stored = 0
    for await (const { row } of streamClosings(place, username)) {
      if (row.sequence < replay.sequence) stored += 1
    }
    refuse(findExtraClosing(replay, expected.length, stored))
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
