import type { Store } from './dynamo.ts'
import { queryPage } from './read.ts'
import { transact } from './transact.ts'

/** What one transaction may delete. */
const rowsPerPage = 100
const mostPages = 20

/**
 * Deletes the rows of a partition whose sort key begins so, up to 2,000 of them; false when there are more. A repeat goes on, and so does another
 * process at the same time.
 */
export async function clearRows(
  { db, table }: Store,
  { pk, skPrefix }: { readonly pk: string; readonly skPrefix?: string },
): Promise<boolean> {
  for (let page = 0; page < mostPages; page += 1) {
    const query = { table, pk, skPrefix, limit: rowsPerPage, newestFirst: false }
    const { items, last } = await queryPage(db, query)
    if (items.length > 0) {
      const keys = items.map(({ sk }) => ({ pk, sk: String(sk) }))
      await transact(
        db,
        keys.map((Key) => ({ delete: { TableName: table, Key } })),
      )
    }
    if (!last) return true
  }
  return false
}
