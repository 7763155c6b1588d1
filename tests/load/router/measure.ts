/** One measured run: load on a gateway, and the resources that its process used. */
import { readdirSync, readFileSync } from 'node:fs'
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

/** Equal requests may be answered together; of different ones, no gateway can share anything. */
export type Column = 'equal' | 'different'

export interface Load {
  readonly column: Column
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

let different = 0

function fire(
  gateway: RunningGateway,
  graph: MeasuredGraph,
  { connections, seconds, column }: Load,
): Promise<autocannon.Result> {
  const next = (request: autocannon.Request) => ({ ...request, body: graph.body(++different) })
  return autocannon({
    url: gateway.url,
    connections,
    duration: seconds,
    timeout: 30,
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: graph.body(0),
    ...(column === 'different' && { requests: [{ setupRequest: next }] }),
  })
}

/** The response to one request, to compare gateways before they are measured. */
export async function answerOf(gateway: RunningGateway, graph: MeasuredGraph): Promise<string> {
  const answer = await fetch(gateway.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: graph.body(0),
  })
  const { data, errors } = (await answer.json()) as { data?: unknown; errors?: unknown }
  if (errors !== undefined) throw new Error(`${gateway.kind.name}: ${JSON.stringify(errors)}`)
  return JSON.stringify(data)
}

const ticksPerSecond = 100

/** CPU of a process and of all that it started, whether they still run or not. */
function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = fields.slice(11, 15).reduce((sum, each) => sum + Number(each), 0)
  return childrenOf(pid).reduce(
    (sum, child) => sum + cpuMsOf(child),
    (ticks * 1000) / ticksPerSecond,
  )
}

/** Resident memory of a process and of all that it started. */
function rssMbOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const own = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024
  return childrenOf(pid).reduce((sum, child) => sum + rssMbOf(child), own)
}

function childrenOf(pid: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
        return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === pid
      } catch {
        return false // It has ended.
      }
    })
    .map(Number)
}

export function median(samples: readonly Figures[]): Figures {
  const middle = (pick: (figures: Figures) => number) => {
    const sorted = samples.map(pick).sort((left, right) => left - right)
    return sorted[Math.floor(sorted.length / 2)] ?? NaN
  }
  return {
    cpuMs: middle((figures) => figures.cpuMs),
    rps: middle((figures) => figures.rps),
    p50: middle((figures) => figures.p50),
    p99: middle((figures) => figures.p99),
    rssMb: middle((figures) => figures.rssMb),
    callsPerRequest: middle((figures) => figures.callsPerRequest),
    failures: Math.max(0, ...samples.map((figures) => figures.failures)),
  }
}

export function describe(table: ReadonlyMap<string, Figures>): string {
  const head = ['cpu ms/req', 'rps', 'p50 ms', 'p99 ms', 'rss MB', 'calls/req', 'failures']
  const lines = [...table].map(([name, figures]) => {
    const { cpuMs, rps, p50, p99, rssMb, callsPerRequest, failures } = figures
    const cells = [
      ...[cpuMs.toFixed(2), rps.toFixed(0), p50.toFixed(1), p99.toFixed(1)],
      ...[rssMb.toFixed(0), callsPerRequest.toFixed(2), String(failures)],
    ]
    return `${name.padEnd(28)}${cells.map((cell) => cell.padStart(11)).join('')}\n`
  })
  return `${''.padEnd(28)}${head.map((each) => each.padStart(11)).join('')}\n${lines.join('')}`
}
