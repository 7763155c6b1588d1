import { performance } from 'node:perf_hooks'
import type { RedisConnection } from '@cnop/kit/redis'

type Client = RedisConnection['client']

/** Where counts of all processes meet. While Redis does not answer, each process counts alone: never not at all. */
export interface SharedCounts {
  readonly client: Client | undefined
  run<T>(onRedis: (client: Client) => Promise<T>, alone: () => T | Promise<T>): Promise<T>
}

/** A Redis that failed is left alone for this long. */
const usualPauseMs = 1_000

/**
 * Counts on Redis while it answers. After a failure one request at a time tries it again, so that a hanging Redis
 * costs its patience once, and not every request's.
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
        // The connection's own listener logs the outage; here it only matters that counting goes on.
        hasFailed = true
        pausedUntil = performance.now() + pauseMs
        return await alone()
      } finally {
        if (isTrial) isTrying = false
      }
    },
  }
}
