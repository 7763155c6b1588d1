import { HeaderMap } from '@apollo/server'
import express, { type Express, type RequestHandler } from 'express'
import { createAuditDoor } from '../audit/audit-endpoint.ts'
import type { AuditTrail } from '../audit/trail.ts'
import { createAuthDoors, tolerateBadToken } from '../auth/endpoints.ts'
import type { Authenticate } from '../auth/authenticate.ts'
import { compressAnswers } from './compress.ts'
import type { RouterConfig } from '../config.ts'
import { Refusal } from '../errors/refusal.ts'
import { respondToFailure } from './respond.ts'
import { exchangeOf } from './request-context.ts'
import { createExportDoor } from '../export/export-endpoint.ts'
import { createFaultDoor, type Faults } from '../subgraphs/faults.ts'
import type { GraphQLDoor } from '../operations/graphql.ts'
import type { Spend } from '../guard/budget.ts'
import { createBlockDoor } from '../guard/block-endpoint.ts'
import { createBreakerDoor } from '../subgraphs/breaker-endpoint.ts'
import { findClientIp, readProxies } from '../guard/client-ip.ts'
import type { IpBlocks } from '../guard/ip-block.ts'
import { onlyParameters } from '../guard/parameters.ts'
import { openPlaces } from './overload.ts'
import type { Health } from '../subgraphs/health.ts'
import { serveLogo } from './logos.ts'
import type { FindOperation } from '../operations/known-operations.ts'
import { createEndpointFinder, type GatewayMetrics } from './metrics.ts'
import { respondWithProblem } from '../rest/problem.ts'
import { serveReference } from '../rest/reference.ts'
import { createRestShim } from '../rest/shim.ts'
import type { Log } from '@cnop/kit/log'
import {
  assignClientIp,
  assignRequestId,
  checkOrigin,
  logAnswers,
  readBody,
  refuseSimpleRequests,
  verifyDeveloper,
  verifyToken,
} from './stages.ts'
import { traceRequests } from '../trace/request-trace.ts'
import { createTraceDoor, type Traces } from '../trace/trace-endpoint.ts'
import { servePlayground } from './web.ts'

export interface ServerParts {
  readonly config: RouterConfig
  readonly graphql: GraphQLDoor
  readonly answerStream: RequestHandler
  readonly findOperation: FindOperation
  readonly authenticate: Authenticate
  readonly audit: Pick<AuditTrail, 'directory' | 'record'>
  readonly links: Parameters<typeof createBreakerDoor>[0]
  readonly countRequest: RequestHandler
  readonly blocks: IpBlocks
  /** Exports of one user in a minute. */
  readonly spendExport: Spend
  /** Sign-ins over REST with names that nobody has, of one address in a minute. */
  readonly spendUnknownUser: Spend
  readonly metrics: GatewayMetrics
  /** Present where faults may be injected. */
  readonly faults: Faults | undefined
  readonly readHealth: () => Promise<Health>
  readonly traces: Traces
  readonly log: Log
}

/**
 * The request pipeline, top to bottom. Every door (GraphQL, sessions, REST) stands behind the same stages.
 * The stages that look at an operation's document (safety, cost, access, field limits) run inside Apollo Server,
 * between validation and planning: see `operation-stages.ts`.
 */
export function createServer(parts: ServerParts): Express {
  const { config, graphql, authenticate, log } = parts
  const app = express()
  const findEndpoint = createEndpointFinder()
  const places = openPlaces(config.places)
  app.disable('x-powered-by')
  app.disable('etag')

  app.use(assignRequestId(log, config.deadlinesMs.router, parts.audit.record))
  app.use(traceRequests({ ...parts.traces, findEndpoint }))
  app.use(logAnswers(findEndpoint))
  app.use(parts.metrics.observeRequests)
  app.use(compressAnswers())
  app.use(assignClientIp(findClientIp(readProxies(config.trustedProxies))))
  app.use(places.shed)
  app.use(parts.countRequest)
  app.use(checkOrigin(config.allowedOrigins))
  app.use('/auth/sign-out', tolerateBadToken)
  app.use(verifyToken(authenticate))
  app.use(verifyDeveloper(authenticate))
  app.use('/api/v1', createRestShim({ ...parts, places, maxBodyBytes: config.places.maxBodyBytes }))
  app.use(refuseSimpleRequests)
  app.use(places.boundBody(readBody(config.places.maxBodyBytes)))
  app.use(places.takePlace)

  app.all('/graphql', answerGraphQL(graphql))
  app.all('/stream', onlyParameters(), parts.answerStream)
  app.use(
    '/auth',
    onlyParameters(),
    createAuthDoors({ ...parts, isSecure: config.hasSecureCookies }),
  )
  app.use('/export', createExportDoor(parts))
  app.get('/assets/:file', serveLogo)
  if (parts.faults) app.use('/system/faults', onlyParameters(), createFaultDoor(parts.faults))
  app.use('/system/blocks', createBlockDoor(parts.blocks))
  app.use('/system/audit', createAuditDoor(parts.audit.directory))
  app.use('/system/breakers', createBreakerDoor(parts.links, config.profile === 'demo'))
  app.use('/system/traces', createTraceDoor(parts.traces, config.profile === 'demo'))
  app.get('/health', onlyParameters(), async (_request, response) => {
    response.json(await parts.readHealth())
  })
  if (config.hasDeveloperPages && config.web.isEnabled) app.use('/playground', servePlayground())
  if (config.metricsPort === undefined) app.get('/metrics', onlyParameters(), parts.metrics.answer)
  if (config.hasDeveloperPages) app.use('/docs', serveReference())
  app.use(() => {
    throw new Refusal('NOT_FOUND')
  })
  app.use('/api', respondWithProblem)
  app.use(respondToFailure)
  return app
}

/** Hands an HTTP request to the GraphQL door and its bytes back to the client. */
function answerGraphQL(graphql: GraphQLDoor): RequestHandler {
  return async (request, response) => {
    const headers = new HeaderMap()
    for (const [name, value] of Object.entries(request.headers)) {
      if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value)
    }
    const { originalUrl } = request
    const searchAt = originalUrl.indexOf('?')
    const search = searchAt === -1 ? '' : originalUrl.slice(searchAt)
    const exchange = exchangeOf(response)
    const answer = await graphql.answer(exchange, {
      method: request.method,
      headers,
      search,
      body: request.body,
    })
    response.setHeader('Content-Type', answer.contentType)
    response.setHeader('Cache-Control', 'no-store')
    if (exchange.fetches.length > 0)
      response.setHeader('X-Subgraph-Calls', String(exchange.fetches.length))
    if (answer.retryAfterSeconds) response.setHeader('Retry-After', answer.retryAfterSeconds)
    response.status(answer.status).send(answer.body)
  }
}
