import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHostCheck } from './hosts.ts'
import type { Headers } from './identity.ts'
import type { Log } from './log.ts'
import type { Subgraph, SubgraphReply } from './subgraph.ts'
import type { Tracing } from './tracing/tracing.ts'

const maxBodyBytes = 4 * 1024 * 1024

/** The timeout for receiving a call, in milliseconds. */
const deadlines = {
  headersTimeout: 10_000,
  requestTimeout: 20_000,
  connectionsCheckingInterval: 1_000,
}

/** Longer than the idle timeout of load balancers (usually 60 s), so that they close connections first. */
export const keepAliveTimeoutMs = 75_000
/** How long running requests have when a listener closes. */
const closeDeadlineMs = 5_000

export interface Listener {
  readonly port: number
  /** Every further response closes its connection. */
  drain(): void
  /** Stops accepting and closes idle connections; running requests have a few seconds. */
  close(): Promise<void>
}

/** Listens on a port; a port in use is refused with one clear line. */
export async function listen(
  server: Server,
  port: number,
  host: string,
  variable: string,
): Promise<Listener> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(
              `Port ${port} is in use by another program. Stop it, or set ${variable} to a free port.`,
            )
          : new Error(
              `Cannot listen on ${host}, port ${port} (${variable}, or the host beside it): ${error.message}`,
              { cause: error },
            ),
      )
    })
    server.listen(port, host, resolve)
  })
  let isDraining = false
  server.keepAliveTimeout = keepAliveTimeoutMs
  server.prependListener('request', (_request, response: ServerResponse) => {
    if (isDraining) response.setHeader('Connection', 'close')
  })
  return {
    port: (server.address() as AddressInfo).port,
    drain: () => {
      isDraining = true
    },
    close: () => {
      isDraining = true
      return new Promise((resolve) => {
        const timer = setTimeout(() => server.closeAllConnections(), closeDeadlineMs)
        server.close(() => {
          clearTimeout(timer)
          resolve()
        })
        server.closeIdleConnections()
      })
    },
  }
}

/** Refuses a port that is in use, before a process opens anything else. */
export async function checkPort(port: number, host: string, variable: string): Promise<void> {
  if (port !== 0) await (await listen(createServer(), port, host, variable)).close()
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBodyBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const json = (status: number, value: unknown): SubgraphReply => ({
  status,
  body: JSON.stringify(value),
})

function send(
  response: ServerResponse,
  { status, body }: SubgraphReply,
  type = 'application/json',
): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

async function answerHealth(subgraph: Subgraph, response: ServerResponse): Promise<void> {
  const checks = await subgraph.health()
  const isHealthy = Object.values(checks).every((check) => check === 'ok')
  send(
    response,
    json(isHealthy ? 200 : 503, {
      status: isHealthy ? 'healthy' : 'unhealthy',
      service: subgraph.name,
      checks,
    }),
  )
}

interface Served {
  readonly subgraph: Subgraph
  readonly tracing: Tracing
  readonly readiness: Readiness
}

/** Whether a process accepts new requests. */
export interface Readiness {
  isReady: boolean
}

type Route = (served: Served, request: IncomingMessage, response: ServerResponse) => Promise<void>

/** What orchestrators ask of a subgraph's process. */
export const probePaths = { live: '/internal/live', ready: '/internal/ready' } as const
export const metricsPath = '/internal/metrics'

const routes: Readonly<Record<string, Route>> = {
  [`GET ${probePaths.live}`]: ({ subgraph: { name } }, _request, response) => {
    send(response, json(200, { status: 'alive', service: name }))
    return Promise.resolve()
  },
  [`GET ${probePaths.ready}`]: (
    { subgraph: { name }, readiness: { isReady } },
    _request,
    response,
  ) => {
    const status = isReady ? 'ready' : 'draining'
    send(response, json(isReady ? 200 : 503, { status, service: name }))
    return Promise.resolve()
  },
  'GET /internal/health': ({ subgraph }, _request, response) => answerHealth(subgraph, response),
  [`GET ${metricsPath}`]: async ({ subgraph }, _request, response) => {
    const { registry } = subgraph.metrics
    send(response, { status: 200, body: await registry.metrics() }, registry.contentType)
  },
  'POST /graphql': async ({ subgraph, tracing }, request, response) => {
    const headers = request.headers as Headers
    const body = await readBody(request)
    if (body === undefined) send(response, failure(413, 'The request body is too large.'))
    else {
      const handle = () => subgraph.handle({ headers, body })
      send(response, await tracing.resume(headers['traceparent'], handle))
    }
  },
  'POST /internal/traces': async ({ subgraph, tracing }, request, response) => {
    const body = (await readBody(request)) ?? ''
    const refusal = await subgraph.refuse({ headers: request.headers as Headers, body })
    send(response, refusal ?? json(200, { spans: tracing.ring.find(body)?.spans ?? [] }))
  },
}

/** Not a GraphQL result, which the router would pass on to its client. */
const failure = (status: number, message: string): SubgraphReply => json(status, { message })

/** Internal routes of a subgraph, for the router, which signs the path. */
async function answerSigned(
  { subgraph }: Served,
  read: () => Promise<string>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = (await readBody(request)) ?? ''
  const refusal =
    body === request.url
      ? await subgraph.refuse({ headers: request.headers as Headers, body })
      : failure(403, 'The body of this call is its path.')
  send(response, refusal ?? { status: 200, body: await read() })
}

async function answer(
  served: Served,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = '', url = '' } = request
  const route = routes[`${method} ${url}`]
  const [path = '', query] = url.split('?')
  const ownRoute = method === 'POST' ? served.subgraph.routes?.[path] : undefined
  if (route) await route(served, request, response)
  else if (ownRoute) {
    await answerSigned(served, () => ownRoute(new URLSearchParams(query)), request, response)
  } else send(response, failure(404, 'There is nothing at this path.'))
}

/**
 * The HTTP server of a subgraph: `/graphql`, traces and the subgraph's own routes for the router, which signs each call;
 * health and metrics for operators, open to all who reach the port.
 */
export function createSubgraphServer(
  subgraph: Subgraph,
  log: Log,
  tracing: Tracing,
  readiness: Readiness = { isReady: true },
  listensOn = '127.0.0.1',
): Server {
  const acceptsHost = createHostCheck(listensOn)
  return createServer(deadlines, (request, response) => {
    if (!acceptsHost(request.headers.host)) {
      send(response, failure(421, 'The Host header names a site that is not served here.'))
      return
    }
    answer({ subgraph, tracing, readiness }, request, response).catch((error: unknown) => {
      log.error({ action: 'request.failed', error }, 'A request failed unexpectedly.')
      if (!response.headersSent) send(response, failure(500, 'Something went wrong on our side.'))
      else response.destroy()
    })
  })
}
