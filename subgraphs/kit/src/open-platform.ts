import { join } from 'node:path'
import { openActivity } from './activity.ts'
import { type EventBus, createMemoryBus, createRedisBus } from './bus.ts'
import { type Cache, createMemoryCache, createRedisCache } from './cache.ts'
import { type Clock, systemClock } from './clock.ts'
import { BadEnvironment, namingSource, type StoreConfig } from './config.ts'
import { connect, type Db } from './dynamo.ts'
import type { StoreCall } from './dynamo-middleware.ts'
import { type EmbeddedEngine, hasStore, startEmbedded } from './embedded.ts'
import { type NewId, sortableIds } from './ids.ts'
import type { Log } from './log.ts'
import type { OpenPlatform } from './platform.ts'
import { openRedis, type RedisConnection } from './redis.ts'
import { findUnfinishedRestore } from './restore-mark.ts'
import { startSweeper } from './sweeper.ts'
import { createTables, findMissingTables, type TableDefinition, verifyTables } from './tables.ts'
import { waitForStore } from './wait-for-store.ts'

export interface PlatformParts {
  readonly now?: Clock
  readonly newId?: NewId
  /** Called after every call to the store, for metrics. */
  readonly observeStore?: (call: StoreCall) => void
  readonly purpose?: Purpose
}

/**
 * `serve` creates what the store lacks. A `command` works on the store of a platform: one that does not exist has a
 * mistyped address. Both refuse a store that a restore has not finished; only `restore` opens that.
 */
type Purpose = 'serve' | 'command' | 'restore'

/** Opens the stores that the configuration names. The embedded engine is a child of this process. */
export async function openPlatform(
  config: StoreConfig,
  log: Log,
  parts: PlatformParts = {},
): Promise<OpenPlatform> {
  const now = parts.now ?? systemClock
  const purpose = parts.purpose ?? 'serve'
  const engine = config.store === 'embedded' ? await openEngine(config, log, purpose) : undefined
  const db = connect({
    mode: config.store,
    region: config.region,
    endpoint: engine?.endpoint ?? config.endpoint,
    deadlineMs: config.storeDeadlineMs,
    observe: parts.observeStore,
    notes: { log, slowMs: config.slowStoreMs },
  })
  openActivity(db, { idleAfterMs: config.idleAfterMs })
  const redis = config.redisUrl ? await openRedis(config.redisUrl, log) : undefined
  const [bus, cache] = await openShared(config.redisUrl, redis, now, log)
  const tables = keepTables(config, { db, log, purpose })
  const sweeper = engine ? startSweeper({ db, tables: tables.ensured, now, log }) : undefined
  return {
    db,
    bus,
    cache,
    redis,
    now,
    newId: parts.newId ?? sortableIds(now),
    log,
    ensureTables: tables.ensure,
    close: async () => {
      await sweeper?.stop()
      await bus.close()
      await redis?.close()
      db.close()
      await stopEngine(engine)
    },
  }
}

/** The directory of the embedded store. */
export const storeDirectory = (dataDirectory: string): string => join(dataDirectory, 'store')

async function openEngine(
  { dataDirectory }: StoreConfig,
  log: Log,
  purpose: Purpose,
): Promise<EmbeddedEngine> {
  const directory = storeDirectory(dataDirectory)
  if (purpose === 'command' && !hasStore(directory)) {
    throw new BadEnvironment(
      `DATA_DIRECTORY: ${dataDirectory} has no embedded store (${directory})`,
    )
  }
  return namingSource('DATA_DIRECTORY', () => startEmbedded({ directory, log }))
}

const stopEngine = async (engine: EmbeddedEngine | undefined): Promise<void> => engine?.stop()

async function openShared(
  url: string | undefined,
  redis: RedisConnection | undefined,
  now: Clock,
  log: Log,
): Promise<[EventBus, Cache]> {
  if (!url || !redis) return [createMemoryBus(log), createMemoryCache(now)]
  return [await createRedisBus(url, log), createRedisCache(redis.client, log)]
}

/** Several subgraphs of one process share tables; each table is prepared once. */
function keepTables(
  config: StoreConfig,
  { db, log, purpose }: { readonly db: Db; readonly log: Log; readonly purpose: Purpose },
) {
  const place = placeOf(config)
  const ensured: TableDefinition[] = []
  const pending = new Map<string, Promise<void>>()
  const ensureOne = (definition: TableDefinition): Promise<void> => {
    const known = pending.get(definition.name)
    if (known) return known
    const work = waitForStore(() => createTables(db, [definition]), place, log)
    pending.set(definition.name, work)
    ensured.push(definition)
    return work
  }
  const refuse = async (find: () => Promise<string | undefined>): Promise<void> => {
    let reason: string | undefined
    // Only a store that does not answer is waited for.
    await waitForStore(async () => void (reason = await find()), place, log)
    if (reason !== undefined) throw new Error(reason)
  }
  return {
    ensured: ensured as readonly TableDefinition[],
    ensure: async (definitions: readonly TableDefinition[]): Promise<void> => {
      if (purpose === 'command') await refuse(() => describeMissing(db, definitions, place))
      // Terraform creates the tables in AWS; missing ones are reported together.
      if (config.store === 'aws') {
        await waitForStore(() => verifyTables(db, definitions), place, log)
      } else await Promise.all(definitions.map(ensureOne))
      if (purpose === 'restore') return
      const names = definitions.map(({ name }) => name)
      await refuse(() => findUnfinishedRestore(db, names))
    },
  }
}

async function describeMissing(
  db: Db,
  definitions: readonly TableDefinition[],
  place: string,
): Promise<string | undefined> {
  const missing = await findMissingTables(db, definitions)
  return missing.length > 0 ? `${place} has no table ${missing.join(', ')}.` : undefined
}

/** The configured store, for error messages. */
function placeOf({ store, region, endpoint }: StoreConfig): string {
  if (store === 'aws') return `AWS_REGION: DynamoDB in ${region}`
  return endpoint === undefined ? 'The embedded store' : `DYNAMODB_ENDPOINT: ${endpoint}`
}
