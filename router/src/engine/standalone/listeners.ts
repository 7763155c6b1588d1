/** The ports of the standalone engine. */
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { createHostCheck } from '@cnop/kit/hosts'
import { listen, type Listener, type Readiness } from '@cnop/kit/serve'
import type { StandaloneConfig } from './config.ts'
import type { GraphQLHandler } from './http.ts'
import type { StandaloneMetrics } from './metrics.ts'

/** Serves GraphQL and the probes on one port. */
export function requestListener(
  { server }: StandaloneConfig,
  answerGraphQL: GraphQLHandler,
  readiness: Readiness,
  metrics: StandaloneMetrics | undefined,
): RequestListener {
  const acceptsHost = createHostCheck(server.host, server.hosts)
  const probes: Readonly<Record<string, () => readonly [number, string]>> = {
    '/live': () => [200, 'alive'],
    '/ready': () => (readiness.isReady ? [200, 'ready'] : [503, 'draining']),
    '/health': () => [200, 'healthy'],
  }
  return (request, response) => {
    const [path = '/'] = (request.url ?? '/').split('?', 1)
    const probe = Object.hasOwn(probes, path) ? probes[path] : undefined
    if (!acceptsHost(request.headers.host)) response.writeHead(421).end()
    else if (path === server.path) {
      const end = metrics?.onRequest()
      if (end) response.once('close', () => end(response.statusCode))
      answerGraphQL(request, response).catch(() => response.destroy())
    } else if (probe) {
      const [status, text] = probe()
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(`{"status":"${text}"}\n`)
    } else response.writeHead(404).end()
  }
}

/** Opens the port of the API, and that of the metrics where there are any. */
export async function openListeners(
  { server, metrics: { host, port } }: StandaloneConfig,
  metrics: StandaloneMetrics | undefined,
  listener: RequestListener,
): Promise<Listener[]> {
  const own = await listen(createServer(listener), server.port, server.host, 'server.port')
  if (!metrics) return [own]
  const answer = (_request: IncomingMessage, response: Parameters<RequestListener>[1]) =>
    void metrics.registry.metrics().then(
      (text) => response.setHeader('content-type', metrics.registry.contentType).end(text),
      () => response.writeHead(500).end(),
    )
  return [own, await listen(createServer(answer), port, host, 'metrics.port')]
}
