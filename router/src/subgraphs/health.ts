import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import type { Platform } from '@cnop/kit/platform'
import type { Checks } from '@cnop/kit/subgraph'
import { Gauge, type Registry } from 'prom-client'
import { requestInternal } from './internal.ts'
import type { BreakerState } from './breaker.ts'
import type { OpenSubgraph } from './subgraphs.ts'

interface SubgraphHealth {
  readonly status: 'healthy' | 'unhealthy' | 'unreachable'
  readonly place: 'hosted' | 'remote'
  readonly latencyMs: number
  readonly breaker: BreakerState
  readonly checks: Checks
}

export interface Health {
  readonly status: string
  readonly service: 'gateway'
  readonly redis: boolean
  readonly checks: Readonly<Record<string, SubgraphHealth>>
}

/** The health of the router and its subgraphs. Redis counts only when it is configured. */
export async function readHealth(
  subgraphs: readonly OpenSubgraph[],
  redis: Platform['redis'],
): Promise<Health> {
  const [isRedisUp, ...checked] = await Promise.all([
    redis?.isHealthy() ?? false,
    ...subgraphs.map(checkSubgraph),
  ])
  const missing = [
    ...(redis && !isRedisUp ? ['no Redis'] : []),
    ...checked.flatMap(([name, { status, breaker }]) => {
      if (status !== 'healthy') return [`no ${name}`]
      // A healthy service is unavailable while its circuit is open.
      return breaker === 'open' ? [`${name} breaker open`] : []
    }),
  ]
  return {
    status: missing.length === 0 ? 'healthy' : `degraded (${missing.join(', ')})`,
    service: 'gateway',
    redis: isRedisUp,
    checks: Object.fromEntries(checked),
  }
}

/** A health request does not wait longer for a hanging subgraph. */
const deadlineMs = 3_000
const unref = { ref: false } as const

async function checkSubgraph(subgraph: OpenSubgraph): Promise<[string, SubgraphHealth]> {
  const { name } = subgraph.place
  const place = subgraph.hosted ? 'hosted' : 'remote'
  const breaker = subgraph.link.breakerState()
  const startedAt = performance.now()
  const found = await readChecks(subgraph)
  const latencyMs = Math.round(performance.now() - startedAt)
  if (!found) return [name, { status: 'unreachable', place, latencyMs, breaker, checks: {} }]
  const isHealthy = Object.values(found).every((check) => check === 'ok')
  const status = isHealthy ? 'healthy' : 'unhealthy'
  return [name, { status, place, latencyMs, breaker, checks: found }]
}

async function readChecks(subgraph: OpenSubgraph): Promise<Checks | undefined> {
  try {
    if (subgraph.hosted) {
      return await Promise.race([subgraph.hosted.health(), delay(deadlineMs, undefined, unref)])
    }
    if (subgraph.place.url === undefined) return undefined
    // An unhealthy service answers 503 with the same report.
    const { text } = await requestInternal(subgraph.place.url, '/internal/health')
    return (JSON.parse(text) as { checks: Checks }).checks
  } catch {
    return undefined
  }
}

/** Exports the health of Redis and of each subgraph, read at each scrape. */
export function watchHealth(
  registry: Registry,
  subgraphs: readonly OpenSubgraph[],
  redis: Platform['redis'],
): void {
  const registers = [registry]
  if (redis) {
    new Gauge({
      name: 'gateway_redis_up',
      help: 'Whether the router reaches Redis: 1 yes, 0 no.',
      registers,
      async collect() {
        this.set((await isUp(redis)) ? 1 : 0)
      },
    })
  }
  new Gauge({
    name: 'gateway_subgraph_healthy',
    help: 'Whether a subgraph and its store answer: 1 yes, 0 no.',
    labelNames: ['target_service'] as const,
    registers,
    async collect() {
      const checked = await Promise.all(subgraphs.map(checkSubgraph))
      for (const [name, { status }] of checked) {
        this.set({ target_service: name }, status === 'healthy' ? 1 : 0)
      }
    },
  })
}

const isUp = (redis: NonNullable<Platform['redis']>): Promise<boolean> =>
  Promise.race([redis.isHealthy(), delay(deadlineMs, false, unref)])
