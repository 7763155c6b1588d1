import { performance } from 'node:perf_hooks'
import type { RedisConnection } from '@cnop/kit/redis'

type Client = RedisConnection['client']

/** Where counts of all processes meet. While Redis does not answer, each process counts alone: never not at all. */
export interface SharedCounts {
  readonly client: Client | undefined
  run<T>(onRedis: (client: Client) => Promise<T>, alone: () => T | Promise<T>): Promise<T>
}

/** A Redis that failed is left alone for this long, so that a hanging one costs its patience once and not per request. */
const pauseMs = 1_000

export function shareCounts(redis: Pick<RedisConnection, 'client'> | undefined): SharedCounts {
  const client = redis?.client
  let pausedUntil = 0
  client?.on('ready', () => {
    pausedUntil = 0
  })
  return {
    client,
    run: async (onRedis, alone) => {
      if (client?.status !== 'ready' || performance.now() < pausedUntil) return alone()
      try {
        return await onRedis(client)
      } catch {
        // The connection's own listener logs the outage; here it only matters that counting goes on.
        pausedUntil = performance.now() + pauseMs
        return alone()
      }
    },
  }
}
