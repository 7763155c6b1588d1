/**
 * Plans operations in child processes, because some operations take the planner seconds and gigabytes. All engines of a
 * process share the planners, which start when they are first needed.
 */
import { createHash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { GraphQLError } from 'graphql'
import {
  reasonOf,
  startPlanner,
  type PlanJob,
  type Planned,
  type PlannerProcess,
  type PlannerLimits,
} from './planner-process.ts'

export interface PlannerPool {
  /** Rejects with `PLAN_TOO_COMPLEX`, with `OVERLOADED`, or with the signal's reason when that aborts. */
  plan(job: PlanJob, signal?: AbortSignal): Promise<Planned>
  close(): Promise<void>
}

export interface PlannerPoolOptions extends Partial<PlannerLimits> {
  readonly mostPlanners?: number
  /** How many plans may wait for a planner. */
  readonly mostWaiting?: number
}

const defaults = {
  mostPlanners: Math.min(4, Math.max(2, availableParallelism() - 1)),
  heapMb: 512,
  mostWaiting: 200,
  mostPlanBytes: 1024 * 1024,
}

let shared: PlannerPool | undefined

/** The planners that all engines of the process share. */
export function sharedPlannerPool(): PlannerPool {
  return (shared ??= createPlannerPool())
}

export function identifySupergraph(supergraphSdl: string): PlanJob['supergraph'] {
  return { id: createHash('sha256').update(supergraphSdl).digest('hex'), supergraphSdl }
}

interface Waiter {
  readonly supergraphId: string
  readonly take: (planner: PlannerProcess) => void
}

export function createPlannerPool(options: PlannerPoolOptions = {}): PlannerPool {
  const limits = { ...defaults, ...options }
  const idle = new Set<PlannerProcess>()
  const busy = new Set<PlannerProcess>()
  const waiting: Waiter[] = []

  function findPlanner(supergraphId: string): PlannerProcess | undefined {
    for (const planner of idle) if (planner.isEnded) idle.delete(planner)
    const [first] = idle
    const held = [...idle].find((planner) => planner.holds(supergraphId)) ?? first
    if (held) return held
    return busy.size < limits.mostPlanners ? startPlanner(limits) : undefined
  }

  function serveWaiting(): void {
    while (waiting[0]) {
      const planner = findPlanner(waiting[0].supergraphId)
      if (!planner) return
      idle.delete(planner)
      busy.add(planner)
      waiting.shift()?.take(planner)
    }
  }

  return {
    plan: async (job, signal) => {
      if (signal?.aborted) throw reasonOf(signal)
      if (waiting.length >= limits.mostWaiting) throw overloaded()
      const turn = waitForTurn(waiting, job.supergraph.id, signal)
      serveWaiting()
      const planner = await turn
      try {
        return await planner.plan(job, signal)
      } finally {
        busy.delete(planner)
        if (!planner.isEnded) idle.add(planner)
        serveWaiting()
      }
    },
    close: async () => {
      await Promise.all([...idle, ...busy].map((planner) => planner.close()))
    },
  }
}

/** Waits in line for a planner until the signal aborts. */
function waitForTurn(
  waiting: Waiter[],
  supergraphId: string,
  signal: AbortSignal | undefined,
): Promise<PlannerProcess> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      waiting.splice(waiting.indexOf(waiter), 1)
      if (signal) reject(reasonOf(signal))
    }
    const waiter: Waiter = {
      supergraphId,
      take: (planner) => {
        signal?.removeEventListener('abort', leave)
        resolve(planner)
      },
    }
    signal?.addEventListener('abort', leave, { once: true })
    waiting.push(waiter)
  })
}

function overloaded(): GraphQLError {
  return new GraphQLError('Too many operations wait to be planned; try again shortly.', {
    extensions: { code: 'OVERLOADED', http: { status: 503 } },
  })
}
