import type { Clock } from '@cnop/kit/clock'
import type { RedisConnection } from '@cnop/kit/redis'

const key = 'fleet:routers'
const beatEveryMs = 2_000
/** A router without a beat in this time is expected to answer nothing. */
const silentAfterMs = 7_000
const forgottenAfterMs = 60_000

export interface Members {
  /** The other routers that are running, and those that disappeared in the last minute without a goodbye. */
  readonly list: () => Promise<{
    readonly running: readonly string[]
    readonly silent: readonly string[]
  }>
  readonly leave: () => Promise<void>
}

/** Registers this router in Redis. Fails while Redis is down, except for `leave`. */
export function joinMembers(
  { client }: Pick<RedisConnection, 'client'>,
  name: string,
  now: Clock,
): Members {
  const beat = async (): Promise<void> => {
    await client.zadd(key, now(), name)
    await client.zremrangebyscore(key, '-inf', now() - forgottenAfterMs)
  }
  const tryBeat = (): void => void beat().catch(() => undefined)
  tryBeat()
  const timer = setInterval(tryBeat, beatEveryMs).unref()
  return {
    list: async () => {
      const all = await client.zrangebyscore(key, now() - forgottenAfterMs, '+inf')
      const recent = await client.zrangebyscore(key, now() - silentAfterMs, '+inf')
      return {
        running: recent.filter((each) => each !== name),
        silent: all.filter((each) => each !== name && !recent.includes(each)),
      }
    },
    leave: async () => {
      clearInterval(timer)
      await client.zrem(key, name).catch(() => undefined)
    },
  }
}
