import type { RequestListener, Server } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '@cnop/kit/log'
import { checkPort, type Listener, listen, type Readiness } from '@cnop/kit/serve'
import { createWeb } from './web.ts'

export interface Ports {
  readonly host: string
  readonly port: number
  readonly web: { readonly isEnabled: boolean; readonly port: number }
  readonly metricsHost: string
  /** Undefined: no port for metrics. */
  readonly metricsPort: number | undefined
}

export interface Served {
  /** An HTTP server for a handler that listens on this address. */
  readonly serve: (handle: RequestListener, listensOn: string) => Server
  readonly app: Parameters<typeof createWeb>[0]
  readonly metricsApp: RequestListener
  readonly log: Log
}

/** Refuses ports that are in use, before the stores are opened. */
export async function checkPorts(ports: Ports): Promise<void> {
  const { host, port, web, metricsPort, metricsHost } = ports
  await checkPort(port, host, 'ROUTER_PORT')
  if (web.isEnabled) await checkPort(web.port, host, 'WEB_PORT')
  if (metricsPort !== undefined) await checkPort(metricsPort, metricsHost, 'METRICS_PORT')
}

/** Listens on every configured port; the caller closes the open ones, also when one port is unavailable. */
export async function openListeners(
  { host, port, web, metricsPort, metricsHost }: Ports,
  { serve, app, metricsApp, log }: Served,
  listeners: Listener[],
): Promise<void> {
  listeners.push(await listen(serve(app, host), port, host, 'ROUTER_PORT'))
  if (web.isEnabled) {
    const handle = createWeb(app, log)
    listeners.push(await listen(serve(handle, host), web.port, host, 'WEB_PORT'))
  }
  if (metricsPort !== undefined) {
    const server = serve(metricsApp, metricsHost)
    listeners.push(await listen(server, metricsPort, metricsHost, 'METRICS_PORT'))
  }
}

export interface Drained {
  readonly readiness: Readiness
  drain(): Promise<unknown>
  close(): Promise<void>
}

/** Reports not ready, waits for load balancers to notice, and then drains open requests. */
export async function drain(
  pipeline: Drained,
  listeners: readonly Listener[],
  delayMs: number,
): Promise<void> {
  pipeline.readiness.isReady = false
  for (const listener of listeners) listener.drain()
  if (listeners.length > 0) await delay(delayMs)
  await Promise.all([...listeners.map((listener) => listener.close()), pipeline.drain()])
  await pipeline.close()
}
