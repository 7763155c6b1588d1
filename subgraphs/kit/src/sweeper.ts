import { DeleteCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { activityOf } from './activity.ts'
import type { Clock } from './clock.ts'
import { type Db, isConditionFailed, type Item, type Key } from './dynamo.ts'
import type { Log } from './log.ts'
import { repeat } from './repeat.ts'
import { timeToLiveAttribute, type TableDefinition } from './tables.ts'

export interface SweeperOptions {
  readonly db: Db
  /** Looked at anew in each run, so that tables may still be added. */
  readonly tables: readonly TableDefinition[]
  readonly now: Clock
  readonly log: Pick<Log, 'info' | 'warn'>
  readonly intervalMs?: number
}

export interface Sweeper {
  /** Scans all tables once, within limits, and returns the number of deleted rows. */
  sweep(): Promise<number>
  /** Stops after the current run. */
  stop(): Promise<void>
}

const rowsPerPage = 500
const pagesPerRun = 20
const restMs = 600_000

/**
 * Deletes expired rows of the embedded store, which accepts a time to live and never acts on it. Readers
 * filter expired rows anyway, so this only keeps the file small.
 */
export function startSweeper(options: SweeperOptions): Sweeper {
  const { db, now, log, intervalMs = 60_000 } = options
  /** Where the last run ended in a table that is larger than one run. */
  const positions = new Map<string, Key | undefined>()
  let running: Promise<number> | undefined

  const sweepAll = async (): Promise<number> => {
    let deleted = 0
    for (const { name, hasTimeToLive } of options.tables) {
      if (!hasTimeToLive) continue
      const swept = await sweepTable(db, name, now(), positions.get(name))
      positions.set(name, swept.position)
      deleted += swept.deleted
    }
    if (deleted > 0) log.info({ deleted }, 'Expired rows were deleted.')
    return deleted
  }
  const sweep = (): Promise<number> => {
    running ??= sweepAll().finally(() => (running = undefined))
    return running
  }
  const trySweep = (): Promise<unknown> =>
    sweep().catch((error: unknown) => {
      log.warn({ error }, 'Expired rows could not be deleted.')
    })
  const rest = { activity: activityOf(db), pauseMs: restMs }
  const sweeping = repeat(trySweep, intervalMs, rest)
  return {
    sweep,
    stop: async () => {
      await sweeping.stop()
      await running?.catch(() => undefined)
    },
  }
}

async function sweepTable(
  db: Db,
  table: string,
  nowMs: number,
  from: Key | undefined,
): Promise<{ deleted: number; position: Key | undefined }> {
  let position = from
  let deleted = 0
  const nowSeconds = BigInt(Math.floor(nowMs / 1000))
  for (let page = 0; page < pagesPerRun; page++) {
    const { Items: rows = [], LastEvaluatedKey } = await db.documents.send(
      new ScanCommand({
        TableName: table,
        Limit: rowsPerPage,
        FilterExpression: '#expiresAt <= :now',
        ProjectionExpression: 'pk, sk',
        ExpressionAttributeNames: { '#expiresAt': timeToLiveAttribute },
        ExpressionAttributeValues: { ':now': nowSeconds },
        ...(position && { ExclusiveStartKey: position }),
      }),
    )
    for (const row of rows) if (await deleteExpired(db, table, row, nowSeconds)) deleted++
    position = LastEvaluatedKey as Key | undefined
    if (!position) break
  }
  return { deleted, position }
}

/** The condition protects a row whose expiry was extended since it was read. */
async function deleteExpired(
  db: Db,
  table: string,
  { pk, sk }: Item,
  nowSeconds: bigint,
): Promise<boolean> {
  try {
    await db.documents.send(
      new DeleteCommand({
        TableName: table,
        Key: { pk, sk },
        ConditionExpression: '#expiresAt <= :now',
        ExpressionAttributeNames: { '#expiresAt': timeToLiveAttribute },
        ExpressionAttributeValues: { ':now': nowSeconds },
      }),
    )
    return true
  } catch (error) {
    if (isConditionFailed(error)) return false
    throw error
  }
}
