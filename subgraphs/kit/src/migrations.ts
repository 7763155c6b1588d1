import { setTimeout as delay } from 'node:timers/promises'
import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { z } from 'zod'
import type { Clock } from './clock.ts'
import { isConditionFailed, type Key, type Store } from './dynamo.ts'
import type { NewId } from './ids.ts'
import { type Lease, openLease } from './lease.ts'
import type { Log } from './log.ts'
import { readItem } from './read.ts'

/** One numbered step; its number is its place in the list, from 1. A step that was interrupted is run again. */
export interface Migration {
  readonly name: string
  /** Changes the rows and verifies what it wrote. It must accept rows that it has changed before. */
  readonly run: (progress: Progress) => Promise<void>
}

export interface Progress {
  /** What `save` stored last, before an interruption; undefined at the beginning. */
  readonly cursor: string | undefined
  readonly save: (cursor: string) => Promise<void>
}

export interface MigrationDeps {
  readonly store: Store
  readonly now: Clock
  readonly newId: NewId
  readonly log: Pick<Log, 'info'>
}

const versionKey: Key = { pk: 'MIGRATIONS', sk: 'VERSION' }
const leaseKey: Key = { pk: 'MIGRATIONS', sk: 'LEASE' }
const leaseMs = 60_000
const pollMs = 500

const versionRow = z.object({ version: z.bigint(), cursor: z.string().optional() })

interface Version {
  readonly version: number
  readonly cursor: string | undefined
}

/** A newer release has migrated the store; this one could misread it. */
export class StoreIsNewer extends Error {
  override readonly name = 'StoreIsNewer'

  constructor(table: string, version: number, known: number) {
    super(
      `The table ${table} has version ${version}; this release knows versions up to ${known}. Start the newer release.`,
    )
  }
}

/**
 * Brings the rows of a table to the version of this release, in one process at a time; the others wait. A new table
 * begins at the latest version. Stop older releases first: they do not know the rows that a step adds.
 */
export async function migrate(
  deps: MigrationDeps,
  migrations: readonly Migration[],
): Promise<void> {
  const { store, now, newId, log } = deps
  const latest = migrations.length
  const lease = openLease({
    ...{ store, key: leaseKey, now },
    ...{ holder: newId('migration'), durationMs: leaseMs },
  })
  for (let round = 0; ; round += 1) {
    const { version } = await readVersion(store, latest)
    if (version > latest) throw new StoreIsNewer(store.table, version, latest)
    if (version === latest) return
    if (await lease.take()) break
    if (round === 0) log.info({ action: 'store.migration_awaited' }, 'Another process migrates.')
    await delay(pollMs)
  }
  try {
    await runSteps(deps, migrations, lease)
  } finally {
    await lease.release()
  }
}

async function runSteps(
  { store, log }: MigrationDeps,
  migrations: readonly Migration[],
  lease: Lease,
): Promise<void> {
  for (;;) {
    const { version, cursor } = await readVersion(store, migrations.length)
    const migration = migrations[version]
    if (!migration) return
    const extra = { table: store.table, version: version + 1, name: migration.name }
    log.info({ action: 'store.migration_begins', extra }, 'The store is migrated.')
    await migration.run({
      cursor,
      save: async (reached) => {
        if (!(await lease.take())) throw new Error('The migration lost its lease.')
        await writeVersion(store, { version, cursor: reached })
      },
    })
    await writeVersion(store, { version: version + 1, cursor: undefined })
    log.info({ action: 'store.migrated', extra }, 'A migration of the store is complete.')
  }
}

/** The version of a table; undefined where no release has begun it. */
export async function readStoreVersion({ db, table }: Store): Promise<number | undefined> {
  const item = await readItem(db, table, versionKey)
  return item && parseInt(versionRow.parse(item).version.toString(), 10)
}

async function readVersion(store: Store, latest: number): Promise<Version> {
  const item = await readItem(store.db, store.table, versionKey)
  if (item) {
    const { version, cursor } = versionRow.parse(item)
    return { version: parseInt(version.toString(), 10), cursor }
  }
  const begin = { version: (await isEmpty(store)) ? latest : 0, cursor: undefined }
  return (await insertVersion(store, begin)) ? begin : readVersion(store, latest)
}

async function isEmpty({ db, table }: Store): Promise<boolean> {
  const page = await db.documents.send(
    new ScanCommand({ TableName: table, ConsistentRead: true, Limit: 1 }),
  )
  return (page.Items ?? []).length === 0
}

const rowOf = ({ version, cursor }: Version) => ({
  ...versionKey,
  version: BigInt(version),
  ...(cursor !== undefined && { cursor }),
})

async function writeVersion({ db, table }: Store, version: Version): Promise<void> {
  await db.documents.send(new PutCommand({ TableName: table, Item: rowOf(version) }))
}

/** False when another process has decided where the table begins. */
async function insertVersion({ db, table }: Store, version: Version): Promise<boolean> {
  const ConditionExpression = 'attribute_not_exists(pk)'
  try {
    await db.documents.send(
      new PutCommand({ TableName: table, Item: rowOf(version), ConditionExpression }),
    )
    return true
  } catch (error) {
    if (isConditionFailed(error)) return false
    throw error
  }
}
