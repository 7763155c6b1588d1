/**
 * Plans operations in child processes, because some operations take the planner seconds and gigabytes. All engines of a
 * process share the planners, which start when they are first needed and end with the last engine.
 */
import { reasonOf, type CancelSignal } from '../cancellation.ts'
import { createHash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { GraphQLError } from 'graphql'
import type { PreparedSupergraph } from './prepare-supergraph.ts'
import {
  startProcess,
  type PlanJob,
  type Planned,
  type PlannerLimits,
  type PlannerProcess,
} from './planner-process.ts'

export interface PlannerPool {
  /** Rejects with `PLAN_TOO_COMPLEX`, with `OVERLOADED`, or with the signal's reason when that aborts. */
  plan(job: PlanJob, signal?: CancelSignal): Promise<Planned>
  /** Reads and validates a supergraph; rejects with the reason where it is invalid. */
  prepare(supergraph: PlanJob['supergraph']): Promise<PreparedSupergraph>
  close(): Promise<void>
}

export interface PlannerPoolOptions extends Partial<PlannerLimits> {
  readonly mostProcesses?: number
  /** How many plans may wait for a planner; a quarter of them of one caller. */
  readonly mostWaiting?: number
}

const defaults = {
  mostProcesses: Math.min(4, Math.max(2, availableParallelism() - 1)),
  heapMb: 512,
  mostWaiting: 200,
  mostPlanBytes: 1024 * 1024,
}

const shared: { pool?: PlannerPool; engines: number } = { engines: 0 }

/** The planners that all engines of the process share. Each engine closes its own view of them. */
export function sharedPlannerPool(): PlannerPool {
  const pool = (shared.pool ??= createPlannerPool())
  shared.engines += 1
  let isClosed = false
  return {
    plan: (job, signal) => pool.plan(job, signal),
    prepare: (supergraph) => pool.prepare(supergraph),
    close: async () => {
      if (isClosed) return
      isClosed = true
      shared.engines -= 1
      if (shared.engines > 0) return
      delete shared.pool
      await pool.close()
    },
  }
}

export function identifySupergraph(supergraphSdl: string): PlanJob['supergraph'] {
  return { id: createHash('sha256').update(supergraphSdl).digest('hex'), supergraphSdl }
}

/** What a planner is taken for. */
type PoolJob = Pick<PlanJob, 'supergraph' | 'caller'> & {
  /** Goes ahead of all that wait. */
  readonly isFirst?: boolean
}

interface Waiter {
  readonly job: PoolJob
  readonly take: (planner: PlannerProcess) => void
}

export function createPlannerPool(options: PlannerPoolOptions = {}): PlannerPool {
  const limits = { ...defaults, ...options }
  const processes = openProcesses(limits)
  const waiting: Waiter[] = []
  let isClosed = false

  function serveWaiting(): void {
    const next = waiting.find(({ job }) => processes.hasShare(job.caller))
    const planner = next && processes.take(next.job)
    if (!planner) return
    waiting.splice(waiting.indexOf(next), 1)
    next.take(planner)
    serveWaiting()
  }

  async function withPlanner<Value>(
    job: PoolJob,
    signal: CancelSignal | undefined,
    use: (planner: PlannerProcess) => Promise<Value>,
  ): Promise<Value> {
    if (isClosed) throw new Error('The planners are closed.')
    if (signal?.aborted) throw reasonOf(signal)
    const turn = waitForTurn(waiting, job, signal)
    serveWaiting()
    const planner = await turn
    try {
      return await use(planner)
    } finally {
      processes.giveBack(planner)
      serveWaiting()
      if (planner.isEnded) void processes.startSpare(job).then(serveWaiting)
    }
  }

  return {
    plan: async (job, signal) => {
      refuseWhereFull(waiting, limits, job)
      return withPlanner(job, signal, async (planner) => {
        await planner.open(job)
        processes.noteStarted(planner)
        serveWaiting()
        return planner.plan(job, signal)
      })
    },
    prepare: (supergraph) =>
      withPlanner({ supergraph, isFirst: true }, undefined, (one) => one.prepare(supergraph)),
    close: async () => {
      isClosed = true
      await processes.close()
    },
  }
}

function refuseWhereFull(
  waiting: readonly Waiter[],
  { mostWaiting }: { readonly mostWaiting: number },
  { caller }: PoolJob,
): void {
  const ofCaller = waiting.filter(({ job }) => job.caller === caller).length
  const most = caller === undefined ? mostWaiting : mostWaiting / 4
  if (waiting.length < mostWaiting && ofCaller < most) return
  throw new GraphQLError('Too many operations wait to be planned; try again shortly.', {
    extensions: { code: 'OVERLOADED', http: { status: 503 } },
  })
}

interface Processes {
  /** Whether a caller may take a planner and leave one to others. */
  hasShare(caller: string | undefined): boolean
  /** The idle planner that fits the job best, or a new one, unless as many as may be are busy. */
  take(job: PoolJob): PlannerProcess | undefined
  /** From now on another one may start. */
  noteStarted(planner: PlannerProcess): void
  giveBack(planner: PlannerProcess): void
  /** Opens the supergraph of a job in another planner, so that the next plan does not wait for its start. */
  startSpare(job: PoolJob): Promise<void>
  close(): Promise<void>
}

function openProcesses(limits: PlannerLimits & { readonly mostProcesses: number }): Processes {
  const { mostProcesses } = limits
  const idle = new Set<PlannerProcess>()
  /** With the caller that each works for. */
  const busy = new Map<PlannerProcess, string | undefined>()
  /** A start takes a second of CPU: planners start one after the other, and often the first is enough. */
  let starting: PlannerProcess | undefined
  let isClosed = false
  const start = (): PlannerProcess => (starting = startProcess(limits))
  const noteStarted = (planner: PlannerProcess): void => {
    if (starting === planner) starting = undefined
  }
  const giveBack = (planner: PlannerProcess): void => {
    noteStarted(planner)
    busy.delete(planner)
    if (!planner.isEnded) idle.add(planner)
  }
  return {
    hasShare: (caller) => {
      if (caller === undefined || mostProcesses === 1) return true
      const held = [...busy.values()].filter((each) => each === caller).length
      return held < mostProcesses - 1
    },
    take: ({ supergraph, caller }) => {
      for (const planner of idle) if (planner.isEnded) idle.delete(planner)
      const held = [...idle].find((planner) => planner.holds(supergraph.id)) ?? [...idle][0]
      if (!held && (busy.size >= mostProcesses || starting)) return undefined
      const planner = held ?? start()
      idle.delete(planner)
      busy.set(planner, caller)
      return planner
    },
    noteStarted,
    giveBack,
    startSpare: async (job) => {
      if (isClosed || starting || idle.size + busy.size >= mostProcesses) return
      const planner = start()
      busy.set(planner, undefined)
      try {
        await planner.open(job)
      } catch {
        await planner.close()
      } finally {
        giveBack(planner)
      }
    },
    close: async () => {
      isClosed = true
      await Promise.all([...idle, ...busy.keys()].map((planner) => planner.close()))
    },
  }
}

/** Waits in line for a planner until the signal aborts. */
function waitForTurn(
  waiting: Waiter[],
  job: PoolJob,
  signal: CancelSignal | undefined,
): Promise<PlannerProcess> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      waiting.splice(waiting.indexOf(waiter), 1)
      if (signal) reject(reasonOf(signal))
    }
    const waiter: Waiter = {
      job,
      take: (planner) => {
        signal?.removeEventListener('abort', leave)
        resolve(planner)
      },
    }
    signal?.addEventListener('abort', leave, { once: true })
    if (job.isFirst === true) waiting.unshift(waiter)
    else waiting.push(waiter)
  })
}
