import type { BlockList } from 'node:net'
import { HeaderMap } from '@apollo/server'
import type { Express, Request, RequestHandler, Response } from 'express'
import { createAuditEndpoint } from '../audit/audit-endpoint.ts'
import type { AuditTrail } from '../audit/trail.ts'
import { createAuthEndpoints, tolerateBadToken } from '../auth/endpoints.ts'
import { requireAdmin } from '../auth/require-caller.ts'
import { probePaths } from './connection-config.ts'
import type { Authenticate } from '../auth/authenticate.ts'
import { compressAnswers } from './compress.ts'
import { respondToFailure } from './respond.ts'
import { contextOf } from './request-context.ts'
import { createExportEndpoint } from '../export/export-endpoint.ts'
import { createFaultEndpoint, type Faults } from '../subgraphs/faults.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { GraphQLEndpoint } from '../operations/graphql.ts'
import type { Spend } from '../guard/budget.ts'
import { createBlockEndpoint } from '../guard/block-endpoint.ts'
import { createBreakerEndpoint } from '../subgraphs/breaker-endpoint.ts'
import { findClientIp } from '../guard/client-ip.ts'
import type { IpBlocks } from '../guard/ip-block.ts'
import { onlyParameters, refusePath, refuseUnreadableParameters } from '../guard/parameters.ts'
import { createApp, onlyEndpoints } from './methods.ts'
import { openPlaces, type PlaceLimits } from './overload.ts'
import type { Health } from '../subgraphs/health.ts'
import { serveLogo } from './web.ts'
import type { FindOperation } from '../operations/known-operations.ts'
import { createEndpointFinder, type GatewayMetrics } from './metrics.ts'
import { respondWithProblem } from '../rest/problem.ts'
import { serveReference } from '../rest/reference.ts'
import { createRestShim } from '../rest/shim.ts'
import type { Profile } from '@cnop/kit/config'
import type { Activity } from '@cnop/kit/activity'
import type { Log } from '@cnop/kit/log'
import type { Readiness } from '@cnop/kit/serve'
import {
  assignClientIp,
  assignRequestId,
  checkOrigin,
  logAnswers,
  readBody,
  refuseSimpleQueries,
  refuseSimpleRequests,
  verifyDeveloper,
  verifyToken,
  wakeProcess,
} from './stages.ts'
import type { StreamEndpoint } from '../stream/endpoint.ts'
import { traceRequests } from '../trace/request-trace.ts'
import { createTraceEndpoint, type Traces } from '../trace/trace-endpoint.ts'
import { servePlayground } from './web.ts'

interface ServerConfig {
  readonly profile: Profile
  readonly places: PlaceLimits
  readonly deadlinesMs: { readonly router: number }
  readonly trustedProxies: BlockList
  readonly allowedOrigins: readonly string[]
  readonly hasSecureCookies: boolean
  readonly hasDeveloperPages: boolean
  readonly web: { readonly isEnabled: boolean }
  /** Undefined where the API's port serves the metrics. */
  readonly hasOpenMetrics: boolean
}

interface ServerParts {
  readonly readiness: Readiness
  readonly config: ServerConfig
  readonly graphql: GraphQLEndpoint
  readonly streams: Pick<StreamEndpoint, 'checkHeaders' | 'answer'>
  readonly findOperation: FindOperation
  readonly authenticate: Authenticate
  readonly audit: Pick<AuditTrail, 'directory' | 'record'>
  readonly links: Parameters<typeof createBreakerEndpoint>[0]
  readonly fleet: Fleet
  readonly countRequest: RequestHandler
  readonly blocks: IpBlocks
  /** Exports per user and minute. */
  readonly spendExport: Spend
  /** REST sign-ins with unknown usernames, per address and minute. */
  readonly spendUnknownUser: Spend
  readonly activity: Pick<Activity, 'wake'>
  readonly metrics: GatewayMetrics
  /** Present where faults can be injected. */
  readonly faults: Faults | undefined
  readonly readHealth: () => Promise<Health>
  readonly traces: Traces
  readonly log: Log
}

/**
 * The request pipeline, top to bottom. Every endpoint (GraphQL, sessions, REST) has the same stages before it.
 * Limits of the document apply before Apollo Server parses it (`request-document.ts`). The guards of an operation (access, cost,
 * limits of fields) run inside Apollo Server, between validation and planning: see `operation-stages.ts`.
 */
export function createServer(parts: ServerParts): Express {
  const { config, graphql, authenticate, log } = parts
  const app = createApp()
  const findEndpoint = createEndpointFinder()
  const places = openPlaces(config.places)
  app.disable('etag')

  app.get(probes, answerProbe(parts.readiness))
  app.use(wakeProcess(parts.activity))
  app.use(assignRequestId(log, config.deadlinesMs.router, parts.audit.record))
  app.use(traceRequests({ ...parts.traces, findEndpoint }))
  app.use(logAnswers(findEndpoint))
  app.use(parts.metrics.observeRequests)
  app.use(compressAnswers())
  app.use(assignClientIp(findClientIp(config.trustedProxies)))
  app.use(places.shed)
  app.use(parts.countRequest)
  app.use(checkOrigin(config.allowedOrigins))
  app.use('/auth/sign-out', tolerateBadToken)
  app.use(verifyToken(authenticate))
  app.use(verifyDeveloper(authenticate))
  app.use('/api/v1', createRestShim({ ...parts, places, maxBodyBytes: config.places.maxBodyBytes }))
  app.use(onlyEndpoints(parts))
  app.use(refuseUnreadableParameters)
  app.use(refuseSimpleRequests)
  // Each endpoint refuses first what it can refuse by the target and the headers: a body that is held back is not asked for then.
  const readJson = [places.boundBody(readBody(config.places.maxBodyBytes)), places.takePlace]
  const { hasSecureCookies: isSecure, allowedOrigins } = config
  const sessions = { ...parts, readJson, isSecure, allowedOrigins }
  app.use('/auth', createAuthEndpoints({ ...sessions, hasDemo: config.profile === 'demo' }))
  app.use('/export', createExportEndpoint({ ...parts, readJson }))
  mountSystem(app, parts, readJson)

  app.all('/graphql', refuseSimpleQueries, readJson, answerGraphQL(graphql))
  const { checkHeaders, answer } = parts.streams
  app.all('/stream', onlyParameters(), checkHeaders, readJson, answer)
  const plain = [onlyParameters(), ...readJson]
  app.get('/assets/:file', plain, serveLogo)
  app.get(probes, plain)
  app.get('/health', plain, async (_request: Request, response: Response) => {
    response.json(await parts.readHealth())
  })
  if (config.hasDeveloperPages && config.web.isEnabled) {
    app.use('/playground', plain, servePlayground())
  }
  if (config.hasOpenMetrics) app.get('/metrics', plain, parts.metrics.answer)
  if (config.hasDeveloperPages) app.use('/docs', plain, serveReference())
  app.use(refusePath)
  app.use('/api', respondWithProblem)
  app.use(respondToFailure)
  return app
}

/** Who may use an endpoint of operators is checked before its body is read. */
function mountSystem(app: Express, parts: ServerParts, readJson: RequestHandler[]): void {
  const { config, faults, fleet } = parts
  const onlyAdmins = [requireAdmin]
  const onlyOperators = config.profile === 'demo' ? [] : onlyAdmins
  const plain = [onlyParameters(), ...readJson]
  if (faults) app.use('/system/faults', plain, createFaultEndpoint(faults, fleet))
  app.use('/system/blocks', onlyAdmins, plain, createBlockEndpoint(parts.blocks))
  const audit = { directory: parts.audit.directory, fleet, readJson }
  app.use('/system/audit', onlyAdmins, createAuditEndpoint(audit))
  app.use('/system/breakers', onlyOperators, plain, createBreakerEndpoint(parts.links, fleet))
  app.use('/system/traces', onlyOperators, createTraceEndpoint(parts.traces, readJson))
}

function answerGraphQL(graphql: GraphQLEndpoint): RequestHandler {
  return async (request, response) => {
    const headers = new HeaderMap()
    for (const [name, value] of Object.entries(request.headers)) {
      if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value)
    }
    const { originalUrl } = request
    const searchAt = originalUrl.indexOf('?')
    const search = searchAt === -1 ? '' : originalUrl.slice(searchAt)
    const context = contextOf(response)
    const answer = await graphql.answer(context, {
      method: request.method,
      headers,
      search,
      body: request.body,
    })
    response.setHeader('Content-Type', answer.contentType)
    response.setHeader('Cache-Control', 'no-store')
    if (context.fetches.length > 0)
      response.setHeader('X-Subgraph-Calls', String(context.fetches.length))
    if (answer.allow) response.setHeader('Allow', answer.allow)
    if (answer.retryAfterSeconds) response.setHeader('Retry-After', answer.retryAfterSeconds)
    response.status(answer.status).send(answer.body)
  }
}

const probes = Object.values(probePaths)

/**
 * Probes come every second from every load balancer: they are neither logged nor counted, and touch nothing. One with
 * parameters goes through the pipeline, which refuses it.
 */
const answerProbe =
  (readiness: Readiness): RequestHandler =>
  ({ path, originalUrl }, response, next) => {
    if (originalUrl.includes('?')) {
      next()
      return
    }
    const isDraining = path === probePaths.ready && !readiness.isReady
    const status = path === probePaths.live ? 'alive' : isDraining ? 'draining' : 'ready'
    response.setHeader('Cache-Control', 'no-store')
    response.status(isDraining ? 503 : 200).json({ status, service: 'gateway' })
  }
