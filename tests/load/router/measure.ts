/** One measured run: load on a gateway, and the resources that its process used. */
import { readFileSync } from 'node:fs'
import autocannon from 'autocannon'
import type { RunningGateway } from './gateways.ts'
import type { MeasuredGraph } from './graphs.ts'

export interface Figures {
  readonly cpuMs: number
  readonly rps: number
  readonly p50: number
  readonly p99: number
  readonly rssMb: number
  readonly callsPerRequest: number
  readonly failures: number
}

export interface Load {
  readonly connections: number
  readonly seconds: number
  /** The JIT compiler needs a few hundred requests to either graph before it has settled. */
  readonly warmUpSeconds: number
}

export async function measure(
  gateway: RunningGateway,
  graph: MeasuredGraph,
  load: Load,
): Promise<Figures> {
  if (load.warmUpSeconds > 0) await fire(gateway, graph, { ...load, seconds: load.warmUpSeconds })
  graph.replayed.takeCount()
  const before = cpuMsOf(gateway.pid)
  const result = await fire(gateway, graph, load)
  const spent = cpuMsOf(gateway.pid) - before
  const requests = result['2xx']
  return {
    // Without a response the divisor is zero: the figure is unknown, not zero.
    cpuMs: requests > 0 ? spent / requests : NaN,
    rps: result.requests.average,
    p50: requests > 0 ? result.latency.p50 : NaN,
    p99: result.latency.p99,
    rssMb: rssMbOf(gateway.pid),
    callsPerRequest: graph.replayed.takeCount() / Math.max(1, requests),
    failures: result.non2xx + result.errors + result.timeouts,
  }
}

function fire(
  gateway: RunningGateway,
  graph: MeasuredGraph,
  { connections, seconds }: Load,
): Promise<autocannon.Result> {
  return autocannon({
    url: gateway.url,
    connections,
    duration: seconds,
    timeout: 30,
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ query: graph.query }),
  })
}

/** The response to one request, to compare gateways before they are measured. */
export async function answerOf(gateway: RunningGateway, graph: MeasuredGraph): Promise<string> {
  const answer = await fetch(gateway.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ query: graph.query }),
  })
  const { data, errors } = (await answer.json()) as { data?: unknown; errors?: unknown }
  if (errors !== undefined) throw new Error(`${gateway.kind.name}: ${JSON.stringify(errors)}`)
  return JSON.stringify(data)
}

const ticksPerSecond = 100

function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [user = 0, system = 0] = [fields[11], fields[12]].map(Number)
  return ((user + system) * 1000) / ticksPerSecond
}

function rssMbOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024
}
