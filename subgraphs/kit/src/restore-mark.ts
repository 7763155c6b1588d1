import type { Db, Key } from './dynamo.ts'
import { readItem } from './read.ts'

/** A row that each table has from the first write of a restore until its rows are verified. */
export const restoreMark: Key = { pk: 'RESTORE', sk: 'UNFINISHED' }

/** What to tell an operator about the first table that holds a part of a backup; undefined when there is none. */
export async function findUnfinishedRestore(
  db: Db,
  tables: readonly string[],
): Promise<string | undefined> {
  const marks = await Promise.all(tables.map((table) => readItem(db, table, restoreMark)))
  const table = tables[marks.findIndex((mark) => mark !== undefined)]
  if (table === undefined) return undefined
  return `A restore of this store did not finish: the table ${table} is incomplete. Repeat it: npm run restore -- --from FILE --overwrite`
}
