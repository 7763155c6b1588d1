/**
 * Plans operations in worker threads, because some operations take the planner seconds and gigabytes. All engines of a
 * process share the threads, which start when they are first needed.
 */
import { createHash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { GraphQLError } from 'graphql'
import {
  reasonOf,
  startThread,
  type PlanJob,
  type Planned,
  type PlannerThread,
  type ThreadLimits,
} from './planner-thread.ts'

export interface PlannerPool {
  /** Rejects with `PLAN_TOO_COMPLEX`, with `OVERLOADED`, or with the signal's reason when that aborts. */
  plan(job: PlanJob, signal?: AbortSignal): Promise<Planned>
  close(): Promise<void>
}

export interface PlannerPoolOptions extends Partial<ThreadLimits> {
  readonly mostThreads?: number
  /** How many plans may wait for a thread. */
  readonly mostWaiting?: number
}

const defaults = {
  mostThreads: Math.min(4, Math.max(2, availableParallelism() - 1)),
  heapMb: 512,
  mostWaiting: 200,
  mostPlanBytes: 1024 * 1024,
}

let shared: PlannerPool | undefined

/** The threads that all engines of the process share. */
export function sharedPlannerPool(): PlannerPool {
  return (shared ??= createPlannerPool())
}

export function identifySupergraph(supergraphSdl: string): PlanJob['supergraph'] {
  return { id: createHash('sha256').update(supergraphSdl).digest('hex'), supergraphSdl }
}

interface Waiter {
  readonly supergraphId: string
  readonly take: (thread: PlannerThread) => void
}

export function createPlannerPool(options: PlannerPoolOptions = {}): PlannerPool {
  const limits = { ...defaults, ...options }
  const idle = new Set<PlannerThread>()
  const busy = new Set<PlannerThread>()
  const waiting: Waiter[] = []

  function findThread(supergraphId: string): PlannerThread | undefined {
    for (const thread of idle) if (thread.isEnded) idle.delete(thread)
    const [first] = idle
    const held = [...idle].find((thread) => thread.holds(supergraphId)) ?? first
    if (held) return held
    return busy.size < limits.mostThreads ? startThread(limits) : undefined
  }

  function serveWaiting(): void {
    while (waiting[0]) {
      const thread = findThread(waiting[0].supergraphId)
      if (!thread) return
      idle.delete(thread)
      busy.add(thread)
      waiting.shift()?.take(thread)
    }
  }

  return {
    plan: async (job, signal) => {
      if (signal?.aborted) throw reasonOf(signal)
      if (waiting.length >= limits.mostWaiting) throw overloaded()
      const turn = waitForTurn(waiting, job.supergraph.id, signal)
      serveWaiting()
      const thread = await turn
      try {
        return await thread.plan(job, signal)
      } finally {
        busy.delete(thread)
        if (!thread.isEnded) idle.add(thread)
        serveWaiting()
      }
    },
    close: async () => {
      await Promise.all([...idle, ...busy].map((thread) => thread.close()))
    },
  }
}

/** Waits in line for a thread until the signal aborts. */
function waitForTurn(
  waiting: Waiter[],
  supergraphId: string,
  signal: AbortSignal | undefined,
): Promise<PlannerThread> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      waiting.splice(waiting.indexOf(waiter), 1)
      if (signal) reject(reasonOf(signal))
    }
    const waiter: Waiter = {
      supergraphId,
      take: (thread) => {
        signal?.removeEventListener('abort', leave)
        resolve(thread)
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
