import { connect, type Db } from '../dynamo.ts'
import { createTables, type TableDefinition } from '../tables.ts'
import { dropTables, startTestDb } from './test-db.ts'

export interface ConformanceDb {
  readonly db: Db
  /** The definitions again, with names of their own. */
  readonly tables: readonly TableDefinition[]
  stop(): Promise<void>
}

/**
 * Opens the store that a conformance suite asks: the embedded engine, or the endpoint that is named.
 * An endpoint keeps its other tables: names end in the suffix, and the tables are dropped at the end.
 */
export async function openConformanceDb(
  definitions: readonly TableDefinition[],
  { endpoint, region, suffix }: { endpoint?: string | undefined; region: string; suffix: string },
): Promise<ConformanceDb> {
  const tables = definitions.map((each) => ({ ...each, name: `${each.name}-${suffix}` }))
  if (!endpoint) return { ...(await startTestDb(tables)), tables }
  const db = connect({ mode: 'endpoint', region, endpoint })
  await createTables(db, tables)
  const stop = async (): Promise<void> => {
    await dropTables(db, tables)
    db.close()
  }
  return { db, tables, stop }
}
