import { createRowWriter, deleteRows, fromDynamoJson, hasRows } from '@cnop/kit/copy-rows'
import type { Platform } from '@cnop/kit/platform'
import { restoreMark } from '@cnop/kit/restore-mark'
import { migrateLedger } from '@cnop/ledger/migrate'
import type { Verification } from '@cnop/ledger/verify'
import { verifyWithOrders } from '../ledger/verify.ts'
import { checkBackupFile, type Header, readBackupRows } from './backup-file.ts'
import {
  knownVersions,
  parts,
  storeOf,
  tableDefinitions,
  type TableNames,
  type Versioned,
} from './tables.ts'

export interface RestoreOptions {
  readonly path: string
  /** Whether rows of the store may be deleted. */
  readonly mayOverwrite: boolean
}

/** Checks a backup as a whole before it opens the store; nothing is written from a damaged or newer one. */
export async function checkBackup(path: string): Promise<Header> {
  const header = await checkBackupFile(path)
  for (const part of Object.keys(knownVersions) as Versioned[]) {
    const version = header.versions[part] ?? 0
    if (version > knownVersions[part])
      throw new Error(
        `The ${part} table of the backup has version ${version}; this release knows versions up to ${knownVersions[part]}. Restore with the newer release.`,
      )
  }
  return header
}

/**
 * Writes the rows of a checked backup into empty tables, and verifies the ledger with its orders. Until then each table has
 * a mark, with which no process starts.
 */
export async function restore(
  platform: Platform,
  tables: TableNames,
  { path, mayOverwrite }: RestoreOptions,
): Promise<{ rows: number; verification: Verification }> {
  const { db } = platform
  await platform.ensureTables(tableDefinitions(tables))
  const stores = parts.map((part) => [part, storeOf(db, tables, part)] as const)
  for (const [, store] of stores) {
    if (!mayOverwrite && (await hasRows(store)))
      throw new Error(`The table ${store.table} has rows. --overwrite deletes them first.`)
  }
  const writers = new Map(stores.map(([part, store]) => [part, createRowWriter(store)]))
  for (const writer of writers.values()) {
    await writer.add(restoreMark)
    await writer.flush()
  }
  for (const [, store] of stores) await deleteRows(store, restoreMark)
  let rows = 0
  for await (const [part, json] of readBackupRows(path)) {
    await writers.get(part)?.add(fromDynamoJson(json))
    rows += 1
  }
  for (const writer of writers.values()) await writer.flush()
  await migrateLedger({ ...platform, store: storeOf(db, tables, 'ledger') })
  const verification = await verifyWithOrders(platform, tables)
  for (const writer of writers.values()) {
    await writer.remove(restoreMark)
    await writer.flush()
  }
  return { rows, verification }
}
