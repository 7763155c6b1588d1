/** The metrics of the standalone engine, for Prometheus. */
import { performance } from 'node:perf_hooks'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { BreakerState } from '../../subgraphs/breaker.ts'
import type { PlanObserver } from '../operations.ts'
import { ClientLeft } from '../shared-work.ts'
import type { CallObserver } from '../transport.ts'

export interface StandaloneMetrics {
  readonly registry: Registry
  /** Called when a request begins; the returned function with the status of its answer. */
  readonly onRequest: () => (status: number) => void
  readonly onCall: CallObserver
  readonly onPlan: PlanObserver
  readonly onCost: (cost: number, isOver: boolean) => void
  readonly onActualCost: (cost: number) => void
  readonly onSupergraph: (outcome: 'loaded' | 'refused' | 'unread') => void
}

export interface MeasuredState {
  readonly heldOperations: () => number
  readonly breakerStates: () => ReadonlyMap<string, BreakerState>
}

const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const costBuckets = [1, 10, 100, 1_000, 10_000, 100_000]

function createFamilies(registry: Registry) {
  const registers = [registry]
  const requests = new Histogram({
    name: 'engine_request_seconds',
    help: 'Requests to the GraphQL endpoint, by the status of their answer.',
    labelNames: ['status'] as const,
    buckets,
    registers,
  })
  const calls = new Histogram({
    name: 'engine_subgraph_call_seconds',
    help: 'Calls to subgraphs: ok, with GraphQL errors, failed, left by their client, or joined to an equal call in flight.',
    labelNames: ['subgraph', 'outcome'] as const,
    buckets,
    registers,
  })
  const planning = new Histogram({
    name: 'engine_planning_seconds',
    help: 'The time to plan and compile an operation, waiting included.',
    labelNames: ['outcome'] as const,
    buckets,
    registers,
  })
  const costs = new Histogram({
    name: 'engine_operation_cost',
    help: 'The estimated cost of operations; over: beyond the limit.',
    labelNames: ['over'] as const,
    buckets: costBuckets,
    registers,
  })
  const actualCosts = new Histogram({
    name: 'engine_operation_actual_cost',
    help: 'What the answers of operations cost by the lists that they hold.',
    buckets: costBuckets,
    registers,
  })
  const supergraphs = new Counter({
    name: 'engine_supergraph_loads_total',
    help: 'Supergraphs that were loaded, refused, or could not be read from their source.',
    labelNames: ['outcome'] as const,
    registers,
  })
  return { requests, calls, planning, costs, actualCosts, supergraphs }
}

export function createStandaloneMetrics(): StandaloneMetrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const { requests, calls, planning, costs, actualCosts, supergraphs } = createFamilies(registry)
  return {
    registry,
    onRequest: () => {
      const since = performance.now()
      return (status) => requests.observe({ status }, secondsSince(since))
    },
    onCall: ({ service, isJoined }) => {
      const since = performance.now()
      return ({ failure, errorCount }) => {
        const answered = errorCount > 0 ? 'errors' : 'ok'
        const outcome = isJoined ? 'joined' : (endOf(failure) ?? answered)
        calls.observe({ subgraph: service, outcome }, secondsSince(since))
      }
    },
    onPlan: ({ outcome, durationMs }) => planning.observe({ outcome }, durationMs / 1000),
    onCost: (cost, isOver) => costs.observe({ over: String(isOver) }, cost),
    onActualCost: (cost) => actualCosts.observe(cost),
    onSupergraph: (outcome) => supergraphs.inc({ outcome }),
  }
}

/** Adds what is read at each scrape. */
export function watchState(
  { registry }: Pick<StandaloneMetrics, 'registry'>,
  { heldOperations, breakerStates }: MeasuredState,
): void {
  const registers = [registry]
  new Gauge({
    name: 'engine_operations',
    help: 'Compiled operations that are kept.',
    registers,
    collect() {
      this.set(heldOperations())
    },
  })
  new Gauge({
    name: 'engine_breaker_state',
    help: 'Circuit breakers: 1 for the state that one is in.',
    labelNames: ['subgraph', 'state'] as const,
    registers,
    collect() {
      this.reset()
      for (const [subgraph, state] of breakerStates()) this.set({ subgraph, state }, 1)
    },
  })
}

function endOf(failure: unknown): string | undefined {
  if (failure === undefined) return undefined
  return failure instanceof ClientLeft ? 'left' : 'failed'
}

const secondsSince = (since: number): number => (performance.now() - since) / 1000
