import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { BlockList, Socket } from 'node:net'
import type { Profile } from '@cnop/kit/config'
import { Counter, Gauge, type Registry } from 'prom-client'
import { bucketAddress, isTrustedPeer } from '../guard/client-ip.ts'
import { openTally } from '../guard/tally.ts'

export interface ConnectionLimits {
  /** Time limits for receiving the headers of a request, and the whole of it. */
  readonly headersMs: number
  readonly bodyMs: number
  /** How often these are checked. */
  readonly checkEveryMs: number
  /** How long a connection may transfer no byte while a response is pending or being read. */
  readonly answerMs: number
  /** A body that announces more, and waits to be asked for, is not asked for. */
  readonly mostBodyBytes: number
  /** Open connections of one address; trusted proxies are exempt. */
  readonly perAddress: number
  /** Open connections of one port. */
  readonly atOnce: number
}

export type Serve = (handle: RequestListener) => Server

/** Headers of every response, on every port. */
export type EveryHeader = Readonly<Record<string, string>>

/** HSTS where the site is served over https. */
export const headersOfProfile = (profile: Profile): EveryHeader =>
  profile === 'production'
    ? { 'Strict-Transport-Security': 'max-age=31536000; includeSubDomains' }
    : {}

/**
 * Normalises an absolute request target (as sent to a proxy) to a path. False for a target that is neither, and for a
 * request with several hosts (RFC 9112, section 3.2).
 */
function readTarget(request: IncomingMessage): boolean {
  const { url = '', headersDistinct } = request
  if ((headersDistinct['host']?.length ?? 0) > 1) return false
  if (url.startsWith('/') || (url === '*' && request.method === 'OPTIONS')) return true
  if (!URL.canParse(url)) return false
  const { protocol, pathname, search } = new URL(url)
  request.url = `${pathname}${search}`
  return protocol === 'http:' || protocol === 'https:'
}

/** Creates servers that bound idle connections and connections per address; the counts are shared by all of them. */
export function openConnections(
  limits: ConnectionLimits,
  proxies: BlockList,
  headers: EveryHeader,
  registry: Registry,
): Serve {
  const { headersMs, bodyMs, checkEveryMs, answerMs, mostBodyBytes, perAddress, atOnce } = limits
  const byAddress = openTally()
  const { open, refused } = createMetrics(registry)

  const admit = (socket: Socket): void => {
    const peer = socket.remoteAddress ?? ''
    const address = bucketAddress(peer)
    if (byAddress.of(address) >= perAddress && !isTrustedPeer(proxies, peer)) {
      refused.inc()
      socket.destroy()
      return
    }
    open.inc()
    byAddress.add(address, 1)
    socket.once('close', () => {
      open.dec()
      byAddress.add(address, -1)
    })
  }

  return (handle) => {
    const server = createServer(
      {
        headersTimeout: headersMs,
        // Node counts both from the start of the request.
        requestTimeout: Math.max(headersMs, bodyMs),
        connectionsCheckingInterval: checkEveryMs,
      },
      (request, response) => {
        for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
        if (readTarget(request)) handle(request, response)
        else server.emit('clientError', new Error('The target is no path.'), request.socket)
      },
    )
    server.timeout = answerMs
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      // The body of a request that is refused by its headers alone is never asked for.
      const announced = Number(request.headers['content-length'] ?? 0)
      if (announced <= mostBodyBytes) response.writeContinue()
      server.emit('request', request, response)
    })
    server.maxConnections = atOnce
    server.on('drop', () => refused.inc())
    return server.prependListener('connection', admit)
  }
}

function createMetrics(registry: Registry) {
  const registers = [registry]
  return {
    open: new Gauge({
      name: 'gateway_connections',
      help: 'Connections that are open now.',
      registers,
    }),
    refused: new Counter({
      name: 'gateway_connections_refused_total',
      help: 'Connections that were closed at once, because their address or all together had too many.',
      registers,
    }),
  }
}
