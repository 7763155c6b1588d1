import type { EventBus } from './bus.ts'
import type { Cache } from './cache.ts'
import type { Clock } from './clock.ts'
import type { Db } from './dynamo.ts'
import type { NewId } from './ids.ts'
import type { Log } from './log.ts'
import type { RedisConnection } from './redis.ts'
import type { TableDefinition } from './tables.ts'

/** Shared by the subgraphs of a process: stores, bus, clock, ids and log. */
export interface Platform {
  readonly db: Db
  readonly bus: EventBus
  readonly cache: Cache
  /** Present when REDIS_URL is set; without it the bus and the cache live in this process. */
  readonly redis: RedisConnection | undefined
  readonly now: Clock
  readonly newId: NewId
  readonly log: Log
  /** Creates the tables where the store is ours (embedded, endpoint); verifies them on AWS, naming a missing one. */
  ensureTables(definitions: readonly TableDefinition[]): Promise<void>
}

/** A platform that this process opened and has to close. */
export interface OpenPlatform extends Platform {
  close(): Promise<void>
}
