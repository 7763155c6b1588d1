import { activityOf, createActivity } from '@cnop/kit/activity'
import { createMemoryBus, createRedisBus } from '@cnop/kit/bus'
import type { StoreConfig } from '@cnop/kit/config'
import type { Log } from '@cnop/kit/log'
import type { OpenPlatform } from '@cnop/kit/platform'
import { openRedis } from '@cnop/kit/redis'

export type Shared = Awaited<ReturnType<typeof openShared>>

/** What the router shares with other processes, whether or not it hosts a subgraph. */
export async function openShared(
  config: StoreConfig,
  platform: OpenPlatform | undefined,
  log: Log,
) {
  if (platform) {
    const { bus, redis, db } = platform
    return { bus, redis, activity: activityOf(db), close: () => platform.close() }
  }
  const { redisUrl } = config
  const redis = redisUrl ? await openRedis(redisUrl, log) : undefined
  const bus = redisUrl ? await createRedisBus(redisUrl, log) : createMemoryBus(log)
  return {
    bus,
    redis,
    activity: createActivity(config),
    close: async () => {
      await bus.close()
      await redis?.close()
    },
  }
}
