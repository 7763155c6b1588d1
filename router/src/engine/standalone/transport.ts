/**
 * The transport of the standalone engine: each service over HTTP, with its own address, limits, retries and circuit
 * breaker. Another supergraph may change the addresses while calls are in progress.
 */
import type { CancelSignal } from '../cancellation.ts'
import { createBreaker, type Breaker, type BreakerState } from '../../subgraphs/breaker.ts'
import { SubgraphFault, type SubgraphTransport } from '../transport.ts'
import { openRemote, type Remote, type RemoteOptions } from './remote.ts'
import { LateReply, unavailable } from './remote-call.ts'

export interface ServiceSettings extends Omit<RemoteOptions, 'service' | 'url'> {
  /** How often a query is sent again that failed; 0 by default. */
  readonly retries?: number | undefined
  /** Without it calls are never refused. */
  readonly breaker?: BreakerSettings | undefined
}

interface BreakerSettings {
  readonly failures: number
  readonly successes: number
  readonly openMs: number
  readonly probeEveryMs: number
}

export interface RemoteTransportOptions<Context> extends ServiceSettings {
  /** Settings of one service, which win over the common ones. */
  readonly settingsOf?: (service: string) => ServiceSettings
  readonly headersOf?: (
    service: string,
    context: Context,
  ) => Readonly<Record<string, string>> | undefined
  readonly onBreakerChange?: (service: string, state: BreakerState) => void
}

export interface RemoteTransport<Context = unknown> extends SubgraphTransport<Context> {
  /** Services whose address stays keep their connections; calls in progress to others end in their own time. */
  setUrls(urls: ReadonlyMap<string, string>): void
  /** The states of the circuit breakers. */
  readonly breakerStates: () => ReadonlyMap<string, BreakerState>
  close(): Promise<void>
}

interface Endpoint {
  readonly url: string
  readonly remote: Remote
  readonly breaker: Breaker | undefined
  readonly close: (options?: { readonly isGraceful: boolean }) => Promise<void>
}

export function createRemoteTransport<Context = unknown>(
  urls: ReadonlyMap<string, string>,
  options: RemoteTransportOptions<Context> = {},
): RemoteTransport<Context> {
  const endpoints = new Map<string, Endpoint>()
  const setUrls = (next: ReadonlyMap<string, string>): void => {
    for (const [service, { url, close }] of [...endpoints]) {
      if (next.get(service) === url) continue
      endpoints.delete(service)
      void close({ isGraceful: true })
    }
    for (const [service, url] of next) {
      if (!endpoints.has(service)) endpoints.set(service, openEndpoint(service, url, options))
    }
  }
  setUrls(urls)
  return {
    send: ({ service, body, isMutation, context, signal }) => {
      const endpoint = endpoints.get(service)
      if (!endpoint) {
        return Promise.reject(new SubgraphFault(`The service "${service}" has no address.`))
      }
      const headers = options.headersOf?.(service, context)
      const isRepeatable = !isMutation
      const { breaker, remote } = endpoint
      if (!breaker) return remote.post(body, { isRepeatable, headers, signal })
      const post = (until: CancelSignal | undefined) =>
        remote.post(body, { isRepeatable, headers, signal: until })
      return runIn(breaker, service, post, { isRepeatable, signal })
    },
    isRefusing: (service) => endpoints.get(service)?.breaker?.state() === 'open',
    setUrls,
    breakerStates: () =>
      new Map(
        [...endpoints].flatMap(([service, { breaker }]) =>
          breaker ? [[service, breaker.state()] as const] : [],
        ),
      ),
    close: async () => {
      await Promise.all([...endpoints.values()].map((endpoint) => endpoint.close()))
    },
  }
}

interface RunOptions {
  readonly isRepeatable: boolean
  readonly signal: CancelSignal | undefined
}

/** The call that tries an open circuit is not aborted: its outcome decides. An aborted call is neither failure nor success. */
async function runIn<Value>(
  breaker: Breaker,
  service: string,
  post: (signal: CancelSignal | undefined) => Promise<Value>,
  { isRepeatable, signal }: RunOptions,
): Promise<Value> {
  const call = () => post(breaker.state() === 'closed' ? signal : undefined)
  try {
    return await breaker.run(call, { isRepeatable })
  } catch (error) {
    const isOwn = error instanceof SubgraphFault || signal?.aborted === true
    throw isOwn ? error : unavailable(service, error)
  }
}

function openEndpoint<Context>(
  service: string,
  url: string,
  options: RemoteTransportOptions<Context>,
): Endpoint {
  const settings: ServiceSettings = { ...options, ...options.settingsOf?.(service) }
  const remote = openRemote({ ...settings, service, url })
  const breaker = openBreaker(service, remote, settings, options.onBreakerChange)
  return {
    url,
    remote,
    breaker,
    close: async ({ isGraceful } = { isGraceful: false }) => {
      breaker?.close()
      await (isGraceful ? remote.leave() : remote.close())
    },
  }
}

const never = Number.MAX_SAFE_INTEGER

function openBreaker(
  service: string,
  remote: Remote,
  { breaker, retries = 0 }: ServiceSettings,
  onChange: ((service: string, state: BreakerState) => void) | undefined,
): Breaker | undefined {
  if (!breaker && retries === 0) return undefined
  const isUnavailable = (error: Error) =>
    error instanceof SubgraphFault && error.code === 'SUBGRAPH_UNAVAILABLE'
  return createBreaker({
    ...(breaker ?? { failures: never, successes: 1, openMs: 0, probeEveryMs: 1_000 }),
    callsAtOnce: never,
    callsWaiting: 0,
    retries,
    isFailure: isUnavailable,
    // A late reply would be as late again.
    isWorthAnotherTry: (error) => isUnavailable(error) && !(error.cause instanceof LateReply),
    probe: async () => {
      await remote.post('{"query":"{__typename}"}')
      return true
    },
    onChange: (state) => onChange?.(service, state),
  })
}
