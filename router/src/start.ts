import type { RequestListener } from 'node:http'
import type { Env } from '@cnop/kit/config'
import { type Clock, systemClock } from '@cnop/kit/clock'
import { createLog, type Log } from '@cnop/kit/log'
import { addProcessMetrics } from '@cnop/kit/metrics'
import { openPlatform, type PlatformParts } from '@cnop/kit/open-platform'
import type { OpenPlatform } from '@cnop/kit/platform'
import type { Listener, Readiness } from '@cnop/kit/serve'
import { shareRuns } from '@cnop/kit/share-runs'
import { openTracing, type Tracing } from '@cnop/kit/tracing/tracing'
import { readAccessRules } from '@cnop/schema/access'
import { supergraph } from '@cnop/schema/read'
import { watchAuditTrail, watchAuditVerifier } from './audit/audit-metrics.ts'
import { auditOperations } from './audit/audit-operations.ts'
import { openAuditTrail } from './audit/trail.ts'
import { startAuditVerifier } from './audit/verify-new.ts'
import { guardSession } from './auth/authenticate.ts'
import { type Identity, openIdentity } from './auth/identity.ts'
import { loadRouterConfig, type RouterConfig } from './config.ts'
import { createFaults, type Faults } from './subgraphs/faults.ts'
import { openFleet } from './fleet/fleet.ts'
import { openShared, type Shared } from './fleet/shared.ts'
import { openGateway } from './operations/gateway.ts'
import { openGraphQL } from './operations/graphql.ts'
import { countOperationErrors } from './operations/operation-metrics.ts'
import { guardAccess } from './guard/access.ts'
import { headersOfProfile, openConnections } from './edge/connections.ts'
import { type Guards, openGuards } from './guard/guards.ts'
import { readHealth, watchHealth } from './subgraphs/health.ts'
import {
  createGatewayMetrics,
  type GatewayMetrics,
  watchBreakers,
  watchCopies,
  watchGateway,
} from './edge/metrics.ts'
import { loadOperations } from './operations/known-operations.ts'
import { loadManifests } from './operations/known-operations.ts'
import { checkPorts, drain, openListeners } from './edge/listeners.ts'
import { createServer } from './edge/server.ts'
import { openStreams } from './stream/streams.ts'
import { checkHosted, openSubgraphs, type OpenSubgraph } from './subgraphs/subgraphs.ts'
import { openTraces } from './trace/trace-endpoint.ts'
import { createMetricsApp } from './edge/web.ts'

export interface RunningRouter {
  readonly config: RouterConfig
  readonly log: Log
  /** The port that it listens on; differs from the configuration when that is 0. */
  readonly port: number
  readonly webPort: number | undefined
  readonly subgraphs: readonly OpenSubgraph[]
  readonly platform: OpenPlatform | undefined
  stop(): Promise<void>
}

function addMetrics(
  metrics: GatewayMetrics,
  { activity, redis }: Shared,
  subgraphs: readonly OpenSubgraph[],
): void {
  addProcessMetrics(metrics, activity)
  watchBreakers(metrics.registry, subgraphs)
  watchCopies(metrics.registry, subgraphs)
  watchHealth(metrics.registry, subgraphs, redis)
}

/** Opens everything that the configuration names and listens. The caller stops it. */
export async function startRouter(env: Env, parts: PlatformParts = {}): Promise<RunningRouter> {
  const config = loadRouterConfig(env)
  await Promise.all([checkHosted(config, env), checkPorts(config)])
  const log = createLog('router', config.store.log)
  for (const warning of config.warnings) log.warn({ action: 'config.warning' }, warning)
  const tracing = await openTracing('router', config.store.tracing, log)
  const hostsAny = config.subgraphs.some(({ urls }) => urls.length === 0)
  const platform = hostsAny ? await openPlatform(config.store, log, parts) : undefined
  const shared = await openShared(config.store, platform, log)
  const faults = createFaults()
  const stores = { env, platform, log, injectFault: faults.inject }
  const subgraphs = await openSubgraphs(config, stores)
  const now = parts.now ?? systemClock
  const hosted = subgraphs.flatMap((subgraph) => subgraph.hosted ?? [])
  const metrics = createGatewayMetrics(hosted.map(({ metrics }) => metrics.registry))
  addMetrics(metrics, shared, subgraphs)
  const pipeline = await openPipeline({
    config,
    shared,
    subgraphs,
    faults,
    metrics,
    tracing,
    log,
    now,
  })
  const listeners: Listener[] = []
  const stop = async (): Promise<void> => {
    await drain(pipeline, listeners, config.store.drainDelayMs)
    await Promise.all(subgraphs.map(({ link }) => link.close()))
    await shared.close()
    await tracing.close()
  }
  try {
    await openListeners(config, pipeline, listeners)
  } catch (error) {
    await stop()
    throw error
  }
  const [api, web] = listeners
  return {
    config,
    log,
    port: api?.port ?? config.port,
    webPort: config.web.isEnabled ? web?.port : undefined,
    subgraphs,
    platform,
    stop,
  }
}

interface PipelineParts {
  readonly config: RouterConfig
  readonly shared: Shared
  readonly subgraphs: readonly OpenSubgraph[]
  readonly faults: Faults
  readonly metrics: GatewayMetrics
  readonly tracing: Tracing
  readonly log: Log
  readonly now: Clock
}

/** Opens what runs operations: GraphQL and the streams. */
async function openOperations(parts: PipelineParts, guards: Guards, identity: Identity) {
  const { config, shared, subgraphs, metrics, log, now } = parts
  const links = subgraphs.map(({ link }) => link)
  const access = readAccessRules(supergraph())
  const { endedSessions } = identity
  const engine = await openGateway(config, {
    links,
    access,
    endedSessions,
    registry: metrics.registry,
  })
  const graphql = await openGraphQL({
    gateway: engine.gateway,
    findDocument: loadManifests(),
    isPersistedOnly: config.isPersistedOnly,
    allowsIntrospection: config.allowsIntrospection,
    documentCacheBytes: config.documentCacheBytes,
    inspect: guards.inspect,
    countErrors: countOperationErrors(metrics.registry),
    guards: [
      auditOperations,
      guardSession(endedSessions),
      guardAccess(access),
      ...guards.operations,
    ],
    log,
  })
  const findOperation = loadOperations()
  const { bus, activity } = shared
  const { registry } = metrics
  const stream = {
    config,
    bus,
    graphql,
    findOperation,
    guards,
    registry,
    activity,
    now,
    ...identity,
  }
  return { engine, links, graphql, findOperation, streams: await openStreams(stream) }
}

async function joinFleet({ config, shared, now, log }: PipelineParts) {
  const readiness: Readiness = { isReady: true }
  const fleet = await openFleet({ name: config.name, ...shared, now, log })
  const read = fleet.view('ready', () => (readiness.isReady ? 'ready' : 'draining'))
  return { readiness, fleet, readRouters: () => read(null) }
}

function openAudit({ config, shared: { activity }, metrics, log, now }: PipelineParts) {
  const trail = openAuditTrail({ directory: config.auditDirectory, name: 'router', now, log })
  const verifier = startAuditVerifier({ trail, activity, now, log })
  watchAuditTrail(metrics.registry, trail)
  watchAuditVerifier(metrics.registry, verifier)
  const closeTrail = async (): Promise<void> => {
    await verifier.stop()
    await trail.close()
  }
  return { trail, closeTrail }
}

async function openPipeline(parts: PipelineParts) {
  const { config, shared, subgraphs, faults, metrics, tracing, log, now } = parts
  const { trail, closeTrail } = openAudit(parts)
  const identity = await openIdentity({ ...parts, rules: config.token, registry: metrics.registry })
  const { readiness, fleet, readRouters } = await joinFleet(parts)
  const guards = openGuards({ config, redis: shared.redis, now, log, registry: metrics.registry })
  const operations = await openOperations(parts, guards, identity)
  const { engine, graphql, streams } = operations
  watchGateway(metrics.registry, { blocks: guards.blocks, heldOperations: engine.heldOperations })
  const app = createServer({
    readiness,
    config,
    ...operations,
    streams: streams.endpoint,
    authenticate: identity.authenticate,
    audit: trail,
    ...guards,
    spendExport: guards.openBudget('export', config.exportsPerMinute),
    spendUnknownUser: guards.openBudget('unknown_user', config.unknownUsersPerMinute),
    activity: shared.activity,
    metrics,
    faults: config.profile === 'demo' ? faults : undefined,
    readHealth: shareRuns(() => readHealth(subgraphs, shared.redis, readRouters)),
    traces: openTraces({ tracing, plan: engine.plan, subgraphs, fleet, now }),
    fleet,
    log,
  })
  const serve = openConnections(
    config.connections,
    config.trustedProxies,
    headersOfProfile(config.profile),
    metrics.registry,
  )
  return {
    /** An HTTP server for the pipeline; malformed HTTP is counted and answered too. */
    serve: (handle: RequestListener, listensOn: string) => guards.watch(serve(handle, listensOn)),
    app,
    metricsApp: createMetricsApp(metrics, log),
    log,
    readiness,
    drain: () => streams.drain(),
    close: async () => {
      streams.close()
      await fleet.close()
      await graphql.close()
      identity.endedSessions.close()
      await closeTrail()
    },
  }
}
