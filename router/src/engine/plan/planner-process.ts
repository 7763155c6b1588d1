/**
 * One child process that plans operations, one at a time. A plan that exceeds its time or the heap of the planner, or that
 * is aborted, ends the planner without harm to this process. A worker thread would not do: when V8 cannot keep within
 * the heap limit of a thread, it ends the whole process.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { performance } from 'node:perf_hooks'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { QueryPlan } from '@apollo/query-planner'
import { GraphQLError } from 'graphql'

export type PlannerRequest =
  | {
      readonly kind: 'open'
      readonly id: string
      readonly supergraphSdl: string
      /** Another supergraph that the planner closes first. */
      readonly closes: string | undefined
    }
  | {
      readonly kind: 'plan'
      readonly id: string
      readonly document: string
      readonly operationName: string | undefined
    }

export type PlannerReply =
  | { readonly kind: 'opened' }
  | { readonly kind: 'planned'; readonly plan: string }
  | { readonly kind: 'too complex'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string; readonly code?: string }

export interface PlanJob {
  /** Who asks: one caller never occupies every planner. Undefined for the engine itself. */
  readonly caller?: string | undefined
  /** The supergraph that the operation is planned for. */
  readonly supergraph: { readonly id: string; readonly supergraphSdl: string }
  readonly document: string
  readonly operationName: string | undefined
  readonly timeLimitMs: number
}

export interface Planned {
  readonly plan: QueryPlan
  readonly planningMs: number
}

export interface PlannerProcess {
  holds(supergraphId: string): boolean
  /** Opens a supergraph ahead of its plans. */
  open(supergraph: PlanJob['supergraph']): Promise<void>
  /** Rejects with `PLAN_TOO_COMPLEX`, or with the signal's reason when that aborts. */
  plan(job: PlanJob, signal: AbortSignal | undefined): Promise<Planned>
  readonly isEnded: boolean
  close(): Promise<unknown>
}

export interface PlannerLimits {
  /** The heap of the planner. */
  readonly heapMb: number
  /** The largest plan, as text. */
  readonly mostPlanBytes: number
}

/** How many supergraphs a planner holds: the present one, the next during a reload, and those of other engines. */
const mostSupergraphs = 12

/** Opening a supergraph takes seconds at most. */
const openTimeLimitMs = 60_000

export function planTooComplex(reason: string): GraphQLError {
  return new GraphQLError(`The operation is too complex to plan: ${reason}.`, {
    extensions: { code: 'PLAN_TOO_COMPLEX', http: { status: 400 } },
  })
}

function forkPlanner(heapMb: number): ChildProcess {
  return fork(entry, {
    execArgv: [`--max-old-space-size=${heapMb}`, ...loader],
    // It needs none of the secrets of this process. What it prints is a report of V8 about its memory.
    env: {},
    stdio: 'ignore',
  })
}

export function startPlanner({ heapMb, mostPlanBytes }: PlannerLimits): PlannerProcess {
  const child = forkPlanner(heapMb)
  let isEnded = false
  const ended = once(child, 'exit').catch(() => undefined)
  child.once('exit', () => (isEnded = true))
  child.on('error', () => (isEnded = true))
  keepAlive(child, false)
  /** The most recently used supergraph is the last. */
  const opened = new Set<string>()
  const close = () => {
    isEnded = true
    child.kill('SIGKILL')
    return ended
  }
  const ask = (request: PlannerRequest, limit: Limit) => askPlanner(child, request, limit, close)
  const open = async (supergraph: PlanJob['supergraph'], signal?: AbortSignal) => {
    const [oldest] = opened
    const closes = opened.size >= mostSupergraphs ? oldest : undefined
    if (closes !== undefined) opened.delete(closes)
    const reason = () => new Error('The planner did not open the supergraph in time.')
    const reply = await ask(
      { kind: 'open', ...supergraph, closes },
      { ms: openTimeLimitMs, reason, signal },
    )
    if (reply.kind !== 'opened') readPlan(reply, mostPlanBytes)
    opened.add(supergraph.id)
  }
  return {
    holds: (id) => opened.has(id),
    open,
    plan: async (job, signal) => {
      const { supergraph, document, operationName, timeLimitMs } = job
      if (opened.delete(supergraph.id)) opened.add(supergraph.id)
      else await open(supergraph, signal)
      const startedAt = performance.now()
      const reason = () => planTooComplex(`it takes more than ${timeLimitMs} ms`)
      const reply = await ask(
        { kind: 'plan', id: supergraph.id, document, operationName },
        { ms: timeLimitMs, reason, signal },
      )
      return { plan: readPlan(reply, mostPlanBytes), planningMs: performance.now() - startedAt }
    },
    get isEnded() {
      return isEnded
    },
    close,
  }
}

/** Compiled JavaScript, and TypeScript whose types Node strips, need no loader. */
const isSource = import.meta.url.endsWith('.ts')
const entry = fileURLToPath(
  isSource
    ? new URL('./planner-main.ts', import.meta.url)
    : new URL('./planner-main.js', import.meta.url),
)
const stripsTypes = 'typescript' in process.features && process.features.typescript !== false
const loader =
  isSource && !stripsTypes
    ? ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href]
    : []

/** This process may end while its planners are idle. */
function keepAlive(child: ChildProcess, isNeeded: boolean): void {
  const act = isNeeded ? 'ref' : 'unref'
  child[act]()
  child.channel?.[act]()
}

interface Limit {
  readonly ms: number
  readonly reason: () => Error
  readonly signal: AbortSignal | undefined
}

/** Sends a request and waits for its reply; ends the planner where none comes. */
function askPlanner(
  child: ChildProcess,
  request: PlannerRequest,
  { ms, reason, signal }: Limit,
  end: () => unknown,
): Promise<PlannerReply> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      clearTimeout(timer)
      child.off('message', onReply).off('exit', onExit).off('error', fail)
      signal?.removeEventListener('abort', onAbort)
      keepAlive(child, false)
    }
    const fail = (error: Error) => {
      settle()
      end()
      reject(error)
    }
    const onReply = (reply: unknown) => {
      settle()
      resolve(reply as PlannerReply)
    }
    const onExit = (code: number | null, ending: NodeJS.Signals | null) => {
      const how = ending ?? `code ${code}`
      fail(
        endsOutOfMemory.has(how)
          ? planTooComplex('it takes too much memory')
          : new Error(`The planner ended with ${how}.`),
      )
    }
    const onAbort = () => signal && fail(reasonOf(signal))
    const timer = setTimeout(() => fail(reason()), ms)
    keepAlive(child, true)
    child.on('message', onReply).on('exit', onExit).on('error', fail)
    signal?.addEventListener('abort', onAbort, { once: true })
    if (signal?.aborted) onAbort()
    else child.send(request, (error) => error && fail(error))
  })
}

/** How a process ends whose heap is full, and how the kernel ends one when the machine or container has no memory. */
const endsOutOfMemory: ReadonlySet<string> = new Set(['SIGABRT', 'SIGTRAP', 'SIGKILL', 'code 134'])

function readPlan(reply: PlannerReply, mostPlanBytes: number): QueryPlan {
  if (reply.kind === 'planned') {
    if (reply.plan.length > mostPlanBytes) throw planTooComplex('its plan is too large')
    return JSON.parse(reply.plan) as QueryPlan
  }
  if (reply.kind === 'too complex') throw planTooComplex('it exceeds the limits of the planner')
  const { message, code } =
    reply.kind === 'failed' ? reply : { message: 'No plan.', code: undefined }
  throw new GraphQLError(message, { extensions: { code: code ?? 'PLAN_FAILED' } })
}

export function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason
  return reason instanceof Error ? reason : new Error('The request was cancelled.')
}
