import { performance } from 'node:perf_hooks'
import { addGauge } from '@cnop/kit/metrics'
import { shareRuns } from '@cnop/kit/share-runs'
import { registeredOperations } from '@cnop/schema/read'
import type { Request, RequestHandler, Response } from 'express'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { clientClosedRequest, onceAnswered } from './answered.ts'
import { contextOf } from './request-context.ts'
import type { IpBlocks } from '../guard/ip-block.ts'
import type { BreakerState } from '../subgraphs/breaker.ts'
import { findTemplate } from '../rest/table.ts'
import type { OpenSubgraph } from '../subgraphs/subgraphs.ts'

/** The router's metrics, under the names of the previous gateway. */
export interface GatewayMetrics {
  readonly registry: Registry
  /** Counts every response, refusals included; follows the stage that creates the request context. */
  readonly observeRequests: RequestHandler
  /** Serves the metrics to Prometheus. */
  readonly answer: RequestHandler
}

const latencyBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10]

/** Endpoints with a fixed path, which counts for every path below it. */
const fixedPaths = [
  '/auth',
  '/export',
  '/stream',
  '/system',
  '/docs',
  '/playground',
  '/assets',
  '/health',
  '/metrics',
]

const findFixedPath = (path: string): string =>
  fixedPaths.find((each) => path === each || path.startsWith(`${each}/`)) ?? 'unknown'

/** The route or operation that a request counts for. */
export type FindEndpoint = (request: Request, response: Response) => string

export function createEndpointFinder(): FindEndpoint {
  const known = registeredOperations()
  return (request, response) => {
    const [path = ''] = request.originalUrl.split('?')
    if (path !== '/graphql') return findTemplate(request.method, path) ?? findFixedPath(path)
    const { operationName: name } = contextOf(response)
    return name !== undefined && known.has(name) ? name : '/graphql'
  }
}

function createFamilies(registry: Registry) {
  const registers = [registry]
  const byStatus = { labelNames: ['status_code', 'endpoint'] as const, registers }
  return {
    requests: new Counter({
      ...byStatus,
      name: 'gateway_requests_total',
      help: 'Requests that the router responded to.',
    }),
    errors: new Counter({
      ...byStatus,
      name: 'gateway_errors_total',
      help: 'Responses of the router with a status of 400 or more.',
    }),
    proxyErrors: new Counter({
      name: 'gateway_proxy_errors_total',
      help: 'Calls of subgraphs that failed.',
      labelNames: ['target_service', 'error_type'] as const,
      registers,
    }),
    failed: new Counter({
      name: 'gateway_failed_requests_total',
      help: 'Requests that failed in whole or in part by a fault of the platform, whatever their status.',
      labelNames: ['endpoint'] as const,
      registers,
    }),
    limits: new Counter({
      name: 'gateway_limit_refusals_total',
      help: 'Requests that a limit refused, by limit.',
      labelNames: ['limit'] as const,
      registers,
    }),
    inFlight: new Gauge({
      name: 'gateway_requests_in_flight',
      help: 'Requests that the router is answering now; streams are not counted.',
      registers,
    }),
    latency: new Histogram({
      name: 'gateway_request_latency_seconds',
      help: 'The response time of the router, in seconds.',
      labelNames: ['endpoint'] as const,
      buckets: latencyBuckets,
      registers,
    }),
  }
}

const breakerLevels: Readonly<Record<BreakerState, number>> = {
  closed: 0,
  'half-open': 1,
  open: 2,
}

export function watchBreakers(registry: Registry, subgraphs: readonly OpenSubgraph[]): void {
  new Gauge({
    name: 'gateway_breaker_state',
    help: 'State of the circuit breaker of a subgraph: 0 closed, 1 half open, 2 open.',
    labelNames: ['target_service'] as const,
    registers: [registry],
    collect() {
      for (const { place, link } of subgraphs) {
        this.set({ target_service: place.name }, breakerLevels[link.breakerState()])
      }
    },
  })
}

/** The copies of each remote subgraph, by whether they are called. */
export function watchCopies(registry: Registry, subgraphs: readonly OpenSubgraph[]): void {
  new Gauge({
    name: 'gateway_subgraph_copies',
    help: 'Copies of a remote subgraph: in service, or out because they drain or do not respond.',
    labelNames: ['target_service', 'state'] as const,
    registers: [registry],
    collect() {
      for (const { place, link, hosted } of subgraphs) {
        if (hosted) continue
        const copies = link.copies()
        const out = copies.filter((copy) => copy.isOut()).length
        this.set({ target_service: place.name, state: 'out' }, out)
        this.set({ target_service: place.name, state: 'in_service' }, copies.length - out)
      }
    },
  })
}

/** Gauges of the router's parts. */
export function watchGateway(
  registry: Registry,
  { blocks, heldOperations }: { blocks: Pick<IpBlocks, 'list'>; heldOperations: () => number },
): void {
  addGauge(
    { registry },
    {
      name: 'gateway_blocked_addresses',
      help: 'Addresses that are blocked after failed sign-ins; 1000 at most.',
      read: async () => (await blocks.list()).length,
    },
  )
  addGauge(
    { registry },
    {
      name: 'gateway_plan_cache_operations',
      help: 'Operations whose compiled plan is cached.',
      read: heldOperations,
    },
  )
}

/** Streams are excluded: they stay open for hours and cost little. Routers are scaled by requests in flight. */
const isStream = ({ path }: Request): boolean => path.toLowerCase().startsWith('/stream')

/** The router's own metrics, served together with those of hosted subgraphs. */
export function createGatewayMetrics(hosted: readonly Registry[] = []): GatewayMetrics {
  const registry = new Registry()
  const { requests, errors, failed, limits, proxyErrors, inFlight, latency } =
    createFamilies(registry)
  const findEndpoint = createEndpointFinder()
  const observe = (request: Request, response: Response, status: number): void => {
    const { startedAt, fetches, api, limitsHit, hasFailed } = contextOf(response)
    for (const limit of limitsHit) limits.inc({ limit })
    // The lifetime of a stream is not a latency; streams have their own metrics.
    if (api === 'stream') return
    const endpoint = findEndpoint(request, response)
    const labels = { status_code: String(status), endpoint }
    requests.inc(labels)
    if (status >= 400) errors.inc(labels)
    if (status >= 500 || hasFailed) failed.inc({ endpoint })
    // The time until a client gave up is not the latency of a response.
    if (status !== clientClosedRequest) {
      latency.observe({ endpoint }, (performance.now() - startedAt) / 1000)
    }
    for (const { service, outcome, failure = 'unknown' } of fetches) {
      if (outcome === 'failed') proxyErrors.inc({ target_service: service, error_type: failure })
    }
  }
  // Hundreds of families take tens of milliseconds to write.
  const write = shareRuns(async () => {
    const texts = await Promise.all([registry, ...hosted].map((each) => each.metrics()))
    return texts.join('')
  })
  return {
    registry,
    observeRequests: (request, response, next) => {
      const place = isStream(request) ? 0 : 1
      inFlight.inc(place)
      onceAnswered(response, (status) => {
        inFlight.dec(place)
        observe(request, response, status)
      })
      next()
    },
    answer: async (_request, response) => {
      response.setHeader('Cache-Control', 'no-cache')
      response.setHeader('Content-Type', registry.contentType)
      response.send(await write())
    },
  }
}
