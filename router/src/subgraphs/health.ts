import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import type { Platform } from '@cnop/kit/platform'
import type { Checks } from '@cnop/kit/subgraph'
import { Gauge, type Registry } from 'prom-client'
import { type InternalAddress, requestInternal } from './internal.ts'
import type { FleetView } from '../fleet/fleet.ts'
import type { BreakerState } from './breaker.ts'
import type { OpenSubgraph } from './subgraphs.ts'

type Status = 'healthy' | 'unhealthy' | 'unreachable'

interface CopyHealth {
  readonly copy: string
  readonly status: Status
  readonly latencyMs: number
  readonly checks: Checks
}

interface SubgraphHealth {
  /** Of the best copy. */
  readonly status: Status
  readonly place: 'hosted' | 'remote'
  readonly latencyMs: number
  readonly breaker: BreakerState
  readonly checks: Checks
  /** Where there are several. */
  readonly copies?: readonly CopyHealth[]
}

export interface Health {
  readonly status: string
  readonly service: 'gateway'
  readonly redis: boolean
  readonly checks: Readonly<Record<string, SubgraphHealth>>
  /** All routers of the platform. */
  readonly routers: Readonly<Record<string, 'ready' | 'draining' | 'unreachable'>>
}

/** Reads whether each router accepts requests. */
type ReadRouters = () => Promise<FleetView<'ready' | 'draining'>>

/** The health of the router and its subgraphs. Redis counts only when it is configured. */
export async function readHealth(
  subgraphs: readonly OpenSubgraph[],
  redis: Platform['redis'],
  readRouters: ReadRouters,
): Promise<Health> {
  const [isRedisUp, routers, ...checked] = await Promise.all([
    redis?.isHealthy() ?? false,
    readRouters(),
    ...subgraphs.map(checkSubgraph),
  ])
  const missing = [
    // Routers are known through Redis.
    ...(redis && !isRedisUp ? ['no Redis'] : routers.missing.map((name) => `no ${name}`)),
    ...checked.flatMap(([name, { status, breaker, copies = [] }]) => {
      if (status !== 'healthy') return [`no ${name}`]
      // A healthy service is unavailable while its circuit is open.
      if (breaker === 'open') return [`${name} breaker open`]
      const healthy = copies.filter((copy) => copy.status === 'healthy').length
      return healthy < copies.length ? [`${healthy} of ${copies.length} copies of ${name}`] : []
    }),
  ]
  return {
    status: missing.length === 0 ? 'healthy' : `degraded (${missing.join(', ')})`,
    service: 'gateway',
    redis: isRedisUp,
    checks: Object.fromEntries(checked),
    routers: Object.fromEntries([
      ...routers.parts.map(({ router, part }) => [router, part]),
      ...routers.missing.map((router) => [router, 'unreachable']),
    ]) as Health['routers'],
  }
}

/** A health request does not wait longer for a hanging subgraph. */
const deadlineMs = 3_000
const unref = { ref: false } as const

async function checkSubgraph(subgraph: OpenSubgraph): Promise<[string, SubgraphHealth]> {
  const { place, hosted, link, addresses } = subgraph
  const copies = hosted
    ? [await check('hosted', () => withinDeadline(hosted.health()))]
    : await Promise.all(addresses().map(checkRemote))
  const best = statuses.flatMap((status) => copies.find((copy) => copy.status === status) ?? [])[0]
  const { status, latencyMs, checks } = best ?? unreachable
  const health = { status, place: hosted ? 'hosted' : 'remote', latencyMs, checks } as const
  const breaker = link.breakerState()
  return [place.name, { ...health, breaker, ...(copies.length > 1 && { copies }) }]
}

/** Best first. */
const statuses: readonly Status[] = ['healthy', 'unhealthy', 'unreachable']
const unreachable = { status: 'unreachable', latencyMs: 0, checks: {} } as const

const withinDeadline = (checks: Promise<Checks>): Promise<Checks> =>
  Promise.race([
    checks,
    delay(deadlineMs, undefined, unref).then(() => Promise.reject(new Error('No answer.'))),
  ])

const checkRemote = (address: InternalAddress): Promise<CopyHealth> =>
  check(address.name, async () => {
    // An unhealthy copy answers 503 with the same report.
    const { text } = await requestInternal(address, '/internal/health')
    return (JSON.parse(text) as { checks: Checks }).checks
  })

async function check(copy: string, read: () => Promise<Checks>): Promise<CopyHealth> {
  const startedAt = performance.now()
  const checks = await read().catch(() => undefined)
  const latencyMs = Math.round(performance.now() - startedAt)
  if (!checks) return { copy, status: 'unreachable', latencyMs, checks: {} }
  const isHealthy = Object.values(checks).every((each) => each === 'ok')
  return { copy, status: isHealthy ? 'healthy' : 'unhealthy', latencyMs, checks }
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
