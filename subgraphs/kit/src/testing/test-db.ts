import { DeleteTableCommand, ResourceNotFoundException } from '@aws-sdk/client-dynamodb'
import { pino } from 'pino'
import { connect, type Db } from '../dynamo.ts'
import { startEmbedded } from '../embedded.ts'
import { createTables, type TableDefinition } from '../tables.ts'

export interface TestDb {
  readonly db: Db
  readonly endpoint: string
  /** Gives every table anew, empty. */
  reset(): Promise<void>
  stop(): Promise<void>
}

/** One engine in memory, with its tables: start it in `beforeAll`, stop it in `afterAll`. */
export async function startTestDb(definitions: readonly TableDefinition[]): Promise<TestDb> {
  const engine = await startEmbedded({ log: pino({ level: 'silent' }) })
  // A busy machine must not fail a test: only tests of deadlines have short ones.
  const db = connect({
    mode: 'embedded',
    region: 'us-west-2',
    endpoint: engine.endpoint,
    deadlineMs: 30_000,
  })
  await createTables(db, definitions)
  return {
    db,
    endpoint: engine.endpoint,
    reset: async () => {
      await dropTables(db, definitions)
      await createTables(db, definitions)
    },
    stop: async () => {
      db.close()
      await engine.stop()
    },
  }
}

/** Deletes the tables that exist. */
export async function dropTables(db: Db, definitions: readonly TableDefinition[]): Promise<void> {
  for (const { name } of definitions) {
    try {
      await db.documents.send(new DeleteTableCommand({ TableName: name }))
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error
    }
  }
}
