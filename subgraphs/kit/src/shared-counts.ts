import { performance } from 'node:perf_hooks'
import type { RedisConnection } from './redis.ts'

type Client = RedisConnection['client']

/** Shared counts. While Redis is unavailable, each process counts alone, so that limits always apply. */
export interface SharedCounts {
  readonly client: Client | undefined
  run<T>(onRedis: (client: Client) => Promise<T>, alone: () => T | Promise<T>): Promise<T>
}

/** The pause after a failure before Redis is tried again. */
const usualPauseMs = 1_000

/**
 * Counts in Redis while it is available. After a failure one request at a time tries it again, so that a hanging Redis
 * delays one request and not all of them.
 */
export function shareCounts(
  redis: Pick<RedisConnection, 'client'> | undefined,
  pauseMs = usualPauseMs,
): SharedCounts {
  const client = redis?.client
  let hasFailed = false
  let isTrying = false
  let pausedUntil = 0
  client?.on('ready', () => {
    hasFailed = false
    pausedUntil = 0
  })
  const mayAsk = (): boolean => performance.now() >= pausedUntil && !(hasFailed && isTrying)
  return {
    client,
    run: async (onRedis, alone) => {
      if (client?.status !== 'ready' || !mayAsk()) return alone()
      const isTrial = hasFailed
      if (isTrial) isTrying = true
      try {
        const counted = await onRedis(client)
        hasFailed = false
        return counted
      } catch {
        // The connection's listener logs the outage.
        hasFailed = true
        pausedUntil = performance.now() + pauseMs
        return await alone()
      } finally {
        if (isTrial) isTrying = false
      }
    },
  }
}
