/** The standalone engine as its configuration describes it. */
import type { CancelSignal } from '../cancellation.ts'
import type { IncomingHttpHeaders } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { ApolloGateway } from '@apollo/gateway'
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server'
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled'
import type { GatewayInterface } from '@apollo/server-gateway-interface'
import { documentBytes } from '@cnop/kit/document-bytes'
import type { Log } from '@cnop/kit/log'
import type { Listener, Readiness } from '@cnop/kit/serve'
import { createEngine, type Engine } from '../engine.ts'
import { createLimitedStore } from '../limited-map.ts'
import type { Rights } from '../rules/variants.ts'
import { hasHugeType } from '../schema-types.ts'
import { logger, silenceReporting } from '../supergraph.ts'
import { stringifyResult } from '../write/body.ts'
import type { StandaloneConfig } from './config.ts'
import { demandControl } from './demand-control.ts'
import { createDocumentCheck } from './document-check.ts'
import { compileHeaderRules, type HeaderRules } from './headers.ts'
import { graphqlHandler, type GraphQLHandler, type HandlerOptions } from './http.ts'
import { openListeners, requestListener } from './listeners.ts'
import { createStandaloneMetrics, watchState, type StandaloneMetrics } from './metrics.ts'
import { openPlainRequests, type PlainRequests } from './plain-requests.ts'
import { reload } from './reload.ts'
import { openRights } from './rights.ts'
import { subgraphUrls } from './subgraph-urls.ts'
import { openSupergraphSource } from './supergraph-source.ts'
import { createRemoteTransport, type RemoteTransport, type ServiceSettings } from './transport.ts'

export interface RunningEngine {
  readonly port: number
  readonly metricsPort: number | undefined
  /** Reports not ready, waits for load balancers to notice, and drains open requests. */
  stop(): Promise<void>
}

export interface ServeOptions {
  /** Apollo's gateway with its own data sources, for comparison. */
  readonly isUntouched?: boolean
  /** Apollo Server reports requests to Apollo Studio. */
  readonly isReported?: boolean
}

/** The context value of a request. */
interface RequestContext {
  readonly headers: IncomingHttpHeaders
  readonly rights: Rights
  /** Aborts when the client has left. */
  readonly signal: CancelSignal
}

const mostDocuments = 1_000
const documentLimit = { mostBytes: 64 * 1024 * 1024, bytesOf: documentBytes }
/** Finding what is similar to a wrong name takes time. */
const mostValidationErrors = 3

export async function startStandalone(
  config: StandaloneConfig,
  log: Log,
  { isUntouched = false, isReported = false }: ServeOptions = {},
): Promise<RunningEngine> {
  const source = openSupergraphSource(config.supergraph)
  const supergraphSdl = await source.read()
  const metrics = config.metrics.enabled ? createStandaloneMetrics() : undefined
  const headers = compileHeaderRules(config.headers.all, config.headers.subgraphs)
  const transport = openTransport(config, headers, supergraphSdl, log)
  const documents = createDocumentCheck(documentLimits(config))
  const parts = { supergraphSdl, transport, headers, metrics }
  const engine = isUntouched ? undefined : await openEngine(config, parts)
  const plain = openPlain(config, engine, isReported)
  const gateway = gatewayOf(plain ?? engine, supergraphSdl)
  const server = await startApollo(config, engine, metrics, gateway)
  const urls = (sdl: string) => urlsOf(config, sdl)
  const watched =
    engine && source.watch(reload({ engine, transport, documents, metrics, log, urlsOf: urls }))
  const handler = await openHandler(config, server, { documents, plain })
  const readiness: Readiness = { isReady: true }
  const listener = requestListener(config, handler, readiness, metrics)
  const listeners = await openListeners(config, metrics, listener)
  return {
    ...portsOf(config, listeners),
    stop: async () => {
      readiness.isReady = false
      watched?.stop()
      for (const each of listeners) each.drain()
      await delay(config.server.drain_delay)
      await Promise.all(listeners.map((each) => each.close()))
      await server.stop()
      await transport.close()
    },
  }
}

function portsOf({ server }: StandaloneConfig, [own, ofMetrics]: readonly Listener[]) {
  return { port: own?.port ?? server.port, metricsPort: ofMetrics?.port }
}

async function openHandler(
  config: StandaloneConfig,
  server: ApolloServer,
  parts: Pick<HandlerOptions, 'documents' | 'plain'>,
): Promise<GraphQLHandler> {
  const readRights = await openRights(config.authentication)
  return graphqlHandler(server, {
    mostBodyBytes: config.limits.body_bytes,
    ...parts,
    contextOf: async ({ headers }, signal): Promise<RequestContext> => ({
      headers,
      rights: await readRights(headers),
      signal,
    }),
  })
}

function urlsOf({ subgraphs }: StandaloneConfig, supergraphSdl: string): Map<string, string> {
  const urls = subgraphUrls(supergraphSdl)
  for (const [name, { url }] of Object.entries(subgraphs.named)) {
    if (url !== undefined && urls.has(name)) urls.set(name, url)
  }
  for (const [name, url] of urls) {
    const protocol = URL.canParse(url) ? new URL(url).protocol : undefined
    if (protocol === 'http:' || protocol === 'https:') continue
    throw new Error(`The supergraph has no HTTP address for the subgraph "${name}".`)
  }
  return urls
}

function openTransport(
  config: StandaloneConfig,
  headers: HeaderRules,
  supergraphSdl: string,
  log: Log,
): RemoteTransport<RequestContext> {
  return createRemoteTransport<RequestContext>(urlsOf(config, supergraphSdl), {
    mostBytes: config.limits.reply_bytes,
    settingsOf: (service) => settingsOf(config, service),
    headersOf: (service, context) => headers.of(service, context.headers),
    onBreakerChange: (subgraph, state) => {
      const extra = { subgraph, state }
      log.warn({ action: 'breaker.changed', extra }, 'A circuit breaker changed its state.')
    },
  })
}

function settingsOf({ subgraphs, limits }: StandaloneConfig, service: string): ServiceSettings {
  const { timeout, retries, connections, breaker } = {
    ...subgraphs.all,
    ...subgraphs.named[service],
  }
  return {
    timeoutMs: timeout,
    mostBytes: limits.reply_bytes,
    connections,
    retries,
    breaker: breaker && {
      failures: breaker.failures,
      successes: breaker.successes,
      openMs: breaker.open_for,
      probeEveryMs: breaker.probe_every,
    },
  }
}

interface EngineParts {
  readonly supergraphSdl: string
  readonly transport: RemoteTransport<RequestContext>
  readonly headers: HeaderRules
  readonly metrics: StandaloneMetrics | undefined
}

async function openEngine(
  config: StandaloneConfig,
  { supergraphSdl, transport, headers, metrics }: EngineParts,
): Promise<Engine> {
  const share = (context: RequestContext) => headers.fingerprint(context.headers)
  const engine = await createEngine<RequestContext>({
    supergraphSdl,
    transport,
    planTimeLimitMs: config.limits.planning,
    rights: ({ rights }) => rights,
    signal: ({ signal }) => signal,
    refuses: config.authorization.unauthorized === 'reject' ? 'operation' : 'field',
    isLabelActive: (label, context) => isLabelActive(config, label, context),
    ...(metrics && { onCall: metrics.onCall, onPlan: metrics.onPlan }),
    ...(config.share !== 'none' && { share }),
    ...(config.share === 'requests' && { shareRequests: share }),
  })
  // Starts a planner, so that the first document of a client does not wait for it.
  engine.plan('{ __typename }').catch(() => undefined)
  const { heldOperations } = engine
  if (metrics) watchState(metrics, { heldOperations, breakerStates: transport.breakerStates })
  return engine
}

function isLabelActive(
  { override_labels: labels }: StandaloneConfig,
  label: string,
  { headers }: RequestContext,
): boolean {
  const rule = Object.hasOwn(labels, label) ? labels[label] : undefined
  if (rule === undefined || typeof rule === 'boolean') return rule === true
  const value = headers[rule.header]
  return rule.equals === undefined ? value !== undefined : value === rule.equals
}

function documentLimits({ limits }: StandaloneConfig) {
  const { tokens, fields, depth, aliases, directives, root_fields: rootFields } = limits
  return { tokens, fields, depth, aliases, rootFields, directives }
}

/** Apollo's own gateway where there is no other. */
function gatewayOf(
  own: { readonly gateway: GatewayInterface } | undefined,
  supergraphSdl: string,
): GatewayInterface {
  if (own) return own.gateway
  silenceReporting()
  return new ApolloGateway({ supergraphSdl, __exposeQueryPlanExperimental: false, logger })
}

/** Demand control and the reports to Apollo Studio are plugins of Apollo Server, which must see every request. */
function openPlain(
  { demand_control: control }: StandaloneConfig,
  engine: Engine | undefined,
  isReported: boolean,
): PlainRequests | undefined {
  if (!engine || control || isReported) return undefined
  return openPlainRequests(engine, mostDocuments, documentLimit)
}

const unmeasured = { onCost: () => undefined, onActualCost: () => undefined }

async function startApollo(
  config: StandaloneConfig,
  engine: Engine | undefined,
  metrics: StandaloneMetrics | undefined,
  gateway: GatewayInterface,
): Promise<ApolloServer> {
  const plugins: ApolloServerPlugin[] = [ApolloServerPluginLandingPageDisabled()]
  const control = config.demand_control
  if (control && engine) {
    plugins.push(demandControl(control, engine.supergraphSdl, metrics ?? unmeasured))
  }
  const server = new ApolloServer({
    gateway,
    plugins,
    stringifyResult,
    introspection: config.introspection,
    hideSchemaDetailsFromClientErrors: !config.introspection,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    validationOptions: {
      maxErrors: mostValidationErrors,
      hideSuggestions: engine !== undefined && hasHugeType(engine.apiSchema()),
    },
    documentStore: createLimitedStore(mostDocuments, documentLimit),
    logger,
  })
  await server.start()
  return server
}
