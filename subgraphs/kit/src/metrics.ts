import { monitorEventLoopDelay } from 'node:perf_hooks'
import { registeredOperations } from '@cnop/schema/read'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Activity } from './activity.ts'
import { repeat } from './repeat.ts'

/** The suffix of the router's planner for parts of an operation: the subgraph and a number. */
const plannedSuffix = /__[a-z]+__\d+$/

/** The name that the client gave to an operation, without the planner's suffix. */
export const plainOperationName = (operationName: string): string =>
  operationName.replace(plannedSuffix, '')

/** Event-loop lag, memory, CPU and garbage collection of this process. */
export function addProcessMetrics(
  { registry }: Pick<ServiceMetrics, 'registry'>,
  activity: Activity,
): void {
  // The library's own monitor of the event loop cannot rest, so that it hardly ever looks.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 3_600_000 })
  measureEventLoop(registry, activity)
}

type LoopDelay = ReturnType<typeof monitorEventLoopDelay>

const lagFigures: Readonly<Record<string, (delay: LoopDelay) => number>> = {
  min: ({ min }) => min,
  max: ({ max }) => max,
  mean: ({ mean }) => mean,
  stddev: ({ stddev }) => stddev,
  p50: (delay) => delay.percentile(50),
  p90: (delay) => delay.percentile(90),
  p99: (delay) => delay.percentile(99),
}
const lookForRestMs = 5_000
const restMs = 600_000

/** The monitor wakes the process a hundred times a second, most of what an idle one would cost: it rests with the process. */
function measureEventLoop(registry: Registry, activity: Activity): void {
  const delay = monitorEventLoopDelay({ resolution: 10 })
  const gauges = Object.entries(lagFigures).map(([figure, read], index) => {
    const name = `nodejs_eventloop_lag_${figure}_seconds`
    registry.removeSingleMetric(name)
    const gauge = new Gauge({
      name,
      help: `The delay of the event loop since the last scrape: ${figure}. 0 while the process rests.`,
      registers: [registry],
      // The first one that is scraped sets them all.
      ...(index === 0 && { collect: takeAll }),
    })
    return { read, gauge }
  })
  function takeAll(): void {
    for (const { read, gauge } of gauges) gauge.set(delay.count === 0 ? 0 : read(delay) / 1e9)
    delay.reset()
  }
  const follow = (): Promise<void> => {
    if (activity.isIdle()) delay.disable()
    // What it measured across its rest would count as one long delay.
    else if (delay.enable()) delay.reset()
    return Promise.resolve()
  }
  void follow()
  repeat(follow, lookForRestMs, { activity, pauseMs: restMs })
}

/**
 * The label of an operation: its name if registered, `other` for any other name, and `anonymous` for none. Names that
 * clients choose must never become labels, because a label is never removed.
 */
export function createOperationLabels(): (operationName: string | undefined) => string {
  const registered = registeredOperations()
  return (operationName) => {
    if (operationName === undefined || operationName === '') return 'anonymous'
    const name = plainOperationName(operationName)
    return registered.has(name) ? name : 'other'
  }
}

/** The metrics of every service; `endpoint` is the label of an operation. */
export interface ServiceMetrics {
  readonly registry: Registry
  /** Records the start of a call; call the returned function at its end. */
  begin(): () => void
  observe(endpoint: string, statusCode: number, seconds: number): void
}

const latencyBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10]

/** Makes `<service>_requests_total`, `_errors_total`, `_request_latency_seconds` and `_requests_in_flight`. */
export function createServiceMetrics(service: string, registry = new Registry()): ServiceMetrics {
  const registers = [registry]
  const labelNames = ['status_code', 'endpoint'] as const
  const requests = new Counter({
    name: `${service}_requests_total`,
    help: `Requests that the ${service} service answered.`,
    labelNames,
    registers,
  })
  const errors = new Counter({
    name: `${service}_errors_total`,
    help: `Requests that the ${service} service answered with an error.`,
    labelNames,
    registers,
  })
  const latency = new Histogram({
    name: `${service}_request_latency_seconds`,
    help: `How long the ${service} service took, in seconds.`,
    labelNames: ['endpoint'],
    buckets: latencyBuckets,
    registers,
  })
  const inFlight = new Gauge({
    name: `${service}_requests_in_flight`,
    help: `Requests that the ${service} service is answering now.`,
    registers,
  })
  return {
    registry,
    begin: () => {
      inFlight.inc()
      return () => inFlight.dec()
    },
    observe: (endpoint, statusCode, seconds) => {
      const labels = { status_code: String(statusCode), endpoint }
      requests.inc(labels)
      if (statusCode >= 400) errors.inc(labels)
      latency.observe({ endpoint }, seconds)
    },
  }
}

/** A monotonic counter of the process, read at every scrape. */
export function addCounter(
  { registry }: Pick<ServiceMetrics, 'registry'>,
  { name, help, read }: { readonly name: string; readonly help: string; read: () => number },
): void {
  new Counter({
    name,
    help,
    registers: [registry],
    collect() {
      this.reset()
      this.inc(read())
    },
  })
}

/** A value that cannot be read, for example while the store is down, must not fail the whole scrape. */
async function readOrNaN(read: () => number | Promise<number>): Promise<number> {
  try {
    return await read()
  } catch {
    return NaN
  }
}

/** A metric that is read at every scrape; its name begins with the service's. */
export function addGauge(
  { registry }: Pick<ServiceMetrics, 'registry'>,
  {
    name,
    help,
    read,
  }: { readonly name: string; readonly help: string; read: () => number | Promise<number> },
): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    async collect() {
      this.set(await readOrNaN(read))
    },
  })
}

/** A counter by labels. It can count before the service is open: jobs may start earlier. */
export interface LabelledCounter<Label extends string> {
  count(labels: Readonly<Record<Label, string>>): void
  showIn(metrics: Pick<ServiceMetrics, 'registry'>): void
}

/** Makes a counter; its name begins with the service's and ends in `_total`. */
export function createCounter<Label extends string>(description: {
  readonly name: string
  readonly help: string
  readonly labelNames: readonly Label[]
}): LabelledCounter<Label> {
  const counter = new Counter({
    ...description,
    labelNames: [...description.labelNames],
    registers: [],
  })
  return {
    count: (labels) => counter.inc({ ...labels }),
    showIn: ({ registry }) => registry.registerMetric(counter),
  }
}
