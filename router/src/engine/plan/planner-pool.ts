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
  /** How many plans may wait for a planner, in all and of one caller. */
  readonly mostWaiting?: number
  readonly mostWaitingPerCaller?: number
}

const defaults = {
  mostPlanners: Math.min(4, Math.max(2, availableParallelism() - 1)),
  heapMb: 512,
  mostWaiting: 200,
  mostWaitingPerCaller: 20,
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
  readonly caller: string | undefined
  readonly take: (planner: PlannerProcess) => void
}

export function createPlannerPool(options: PlannerPoolOptions = {}): PlannerPool {
  const limits = { ...defaults, ...options }
  const crew = createCrew(limits)
  const waiting: Waiter[] = []
  const held = createHeld()

  /** One planner is left to the others. */
  const mayPlan = ({ caller }: Waiter): boolean =>
    held.of(caller) < Math.max(1, limits.mostPlanners - 1)

  function serveWaiting(): void {
    for (;;) {
      const next = waiting.find(mayPlan)
      const planner = next && crew.take(next.supergraphId)
      if (!planner) return
      waiting.splice(waiting.indexOf(next), 1)
      held.add(next.caller, 1)
      next.take(planner)
    }
  }

  async function release(planner: PlannerProcess, { supergraph, caller }: PlanJob): Promise<void> {
    crew.release(planner)
    if (planner.isEnded) {
      serveWaiting()
      // Its caller gets no other planner before this one is replaced.
      await crew.replace(supergraph)
    }
    held.add(caller, -1)
    serveWaiting()
  }

  return {
    plan: async (job, signal) => {
      if (signal?.aborted) throw reasonOf(signal)
      const { supergraph, caller } = job
      const own = waiting.filter((waiter) => caller !== undefined && waiter.caller === caller)
      const isFull = waiting.length >= limits.mostWaiting
      if (isFull || own.length >= limits.mostWaitingPerCaller) throw overloaded()
      const turn = waitForTurn(waiting, { supergraphId: supergraph.id, caller }, signal)
      serveWaiting()
      const planner = await turn
      try {
        return await planner.plan(job, signal)
      } finally {
        void release(planner, job)
      }
    },
    close: crew.close,
  }
}

/** The planners of a pool: idle, busy, and those that start. */
function createCrew(limits: PlannerLimits & { readonly mostPlanners: number }) {
  const idle = new Set<PlannerProcess>()
  const busy = new Set<PlannerProcess>()
  const starting = new Set<PlannerProcess>()
  let isClosed = false
  const isFull = () => idle.size + busy.size + starting.size >= limits.mostPlanners

  function find(supergraphId: string): PlannerProcess | undefined {
    for (const planner of idle) if (planner.isEnded) idle.delete(planner)
    const [first] = idle
    const known = [...idle].find((planner) => planner.holds(supergraphId)) ?? first
    return known ?? (isFull() ? undefined : startPlanner(limits))
  }

  return {
    take: (supergraphId: string): PlannerProcess | undefined => {
      const planner = find(supergraphId)
      if (!planner) return undefined
      idle.delete(planner)
      busy.add(planner)
      return planner
    },
    release: (planner: PlannerProcess): void => {
      busy.delete(planner)
      if (!planner.isEnded) idle.add(planner)
    },
    /** Starts a planner in place of one that ended. It takes seconds, for which no request should wait. */
    replace: async (supergraph: PlanJob['supergraph']): Promise<void> => {
      if (isClosed || isFull()) return
      const planner = startPlanner(limits)
      starting.add(planner)
      await planner.open(supergraph).catch(() => planner.close())
      starting.delete(planner)
      if (!planner.isEnded) idle.add(planner)
    },
    close: async (): Promise<void> => {
      isClosed = true
      await Promise.all([...idle, ...busy, ...starting].map((planner) => planner.close()))
    },
  }
}

/** How many planners each caller holds. */
function createHeld() {
  const counts = new Map<string, number>()
  return {
    of: (caller: string | undefined): number =>
      caller === undefined ? 0 : (counts.get(caller) ?? 0),
    add: (caller: string | undefined, change: 1 | -1): void => {
      if (caller === undefined) return
      const left = (counts.get(caller) ?? 0) + change
      if (left > 0) counts.set(caller, left)
      else counts.delete(caller)
    },
  }
}

/** Waits in line for a planner until the signal aborts. */
function waitForTurn(
  waiting: Waiter[],
  who: Omit<Waiter, 'take'>,
  signal: AbortSignal | undefined,
): Promise<PlannerProcess> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      waiting.splice(waiting.indexOf(waiter), 1)
      if (signal) reject(reasonOf(signal))
    }
    const waiter: Waiter = {
      ...who,
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
