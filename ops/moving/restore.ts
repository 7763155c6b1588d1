import { createRowWriter, deleteRows, fromDynamoJson, hasRows } from '@cnop/kit/copy-rows'
import type { Platform } from '@cnop/kit/platform'
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

/** Writes the rows of a checked backup into empty tables, and verifies the ledger with its orders. */
export async function restore(
  platform: Platform,
  tables: TableNames,
  { path, mayOverwrite }: RestoreOptions,
): Promise<{ rows: number; verification: Verification }> {
  const { db } = platform
  await platform.ensureTables(tableDefinitions(tables))
  for (const part of parts) {
    if (!(await hasRows(storeOf(db, tables, part)))) continue
    if (!mayOverwrite)
      throw new Error(`The table ${tables[part]} has rows. --overwrite deletes them first.`)
    await deleteRows(storeOf(db, tables, part))
  }
  const writers = new Map(parts.map((part) => [part, createRowWriter(storeOf(db, tables, part))]))
  let rows = 0
  for await (const [part, json] of readBackupRows(path)) {
    await writers.get(part)?.add(fromDynamoJson(json))
    rows += 1
  }
  for (const writer of writers.values()) await writer.flush()
  await migrateLedger({ ...platform, store: storeOf(db, tables, 'ledger') })
  return { rows, verification: await verifyWithOrders(platform, tables) }
}
