import type { Redis } from 'ioredis'
import { LRUCache } from 'lru-cache'
import type { Clock } from './clock.ts'
import type { Log } from './log.ts'
import { PassingMap } from './passing-map.ts'

/** Caches texts. An entry can be evicted at any time. */
export interface Cache {
  get(key: string): Promise<string | undefined>
  set(key: string, value: string, ttlSeconds: number): Promise<void>
  delete(key: string): Promise<void>
  /**
   * The kept value, or what `compute` makes of it, which is then kept. Those of one process who ask
   * at once share one computation; a failure is theirs alone and is not kept.
   */
  getOrCompute(key: string, ttlSeconds: number, compute: () => Promise<string>): Promise<string>
}

type Store = Omit<Cache, 'getOrCompute'>

/** For one process, bounded: the least recently used entries are evicted first. */
export function createMemoryCache(now: Clock, { maxEntries = 10_000 } = {}): Cache {
  const entries = new LRUCache<string, string>({
    max: maxEntries,
    perf: { now },
    // The cache reads the clock each time, because a test may set it.
    ttlResolution: 0,
  })
  return sharing({
    get: (key) => Promise.resolve(entries.get(key)),
    set: (key, value, ttlSeconds) => {
      entries.set(key, value, { ttl: ttlSeconds * 1000 })
      return Promise.resolve()
    },
    delete: (key) => {
      entries.delete(key)
      return Promise.resolve()
    },
  })
}

/** For several processes. While Redis is down nothing is cached. */
export function createRedisCache(
  client: Redis,
  log: Pick<Log, 'warn'>,
  { prefix = 'cache:' } = {},
): Cache {
  const orNothing = async <T>(attempt: Promise<T>): Promise<T | undefined> => {
    try {
      return await attempt
    } catch (error) {
      log.warn({ error }, 'The cache is not reachable.')
      return undefined
    }
  }
  return sharing({
    get: async (key) => (await orNothing(client.get(prefix + key))) ?? undefined,
    set: async (key, value, ttlSeconds) => {
      await orNothing(client.set(prefix + key, value, 'PX', Math.ceil(ttlSeconds * 1000)))
    },
    delete: async (key) => {
      await orNothing(client.del(prefix + key))
    },
  })
}

function sharing(store: Store): Cache {
  const underWay = new PassingMap<string, Promise<string>>()
  const computeAndKeep = async (
    key: string,
    ttlSeconds: number,
    compute: () => Promise<string>,
    isWanted: () => boolean,
  ): Promise<string> => {
    const kept = await store.get(key)
    if (kept !== undefined) return kept
    const value = await compute()
    if (isWanted()) await store.set(key, value, ttlSeconds)
    return value
  }
  return {
    get: store.get,
    set: store.set,
    delete: async (key) => {
      // A running computation may have read the old state, so its result is not cached.
      underWay.delete(key)
      await store.delete(key)
    },
    getOrCompute: (key, ttlSeconds, compute) => {
      const present = underWay.get(key)
      if (present) return present
      const isWanted = (): boolean => underWay.get(key) === computing
      const computing: Promise<string> = computeAndKeep(key, ttlSeconds, compute, isWanted).finally(
        () => {
          if (isWanted()) underWay.delete(key)
        },
      )
      underWay.set(key, computing)
      return computing
    },
  }
}
