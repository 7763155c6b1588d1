/**
 * One child process that plans operations, one at a time. A plan that exceeds its time or the heap of the child, or that
 * is aborted, ends the child. A worker thread would not do: V8 may abort the whole process when a thread exceeds its heap.
 */
import { reasonOf, type CancelSignal } from '../cancellation.ts'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { constants, setPriority } from 'node:os'
import { performance } from 'node:perf_hooks'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { QueryPlan } from '@apollo/query-planner'
import { GraphQLError } from 'graphql'
import type { PreparedSupergraph } from './prepare-supergraph.ts'

export type PlannerRequest =
  | { readonly kind: 'prepare'; readonly supergraphSdl: string }
  | {
      readonly kind: 'open'
      readonly id: string
      readonly supergraphSdl: string
      /** Another supergraph that the process closes first. */
      readonly closes: string | undefined
    }
  | {
      readonly kind: 'plan'
      readonly id: string
      readonly document: string
      readonly operationName: string | undefined
      readonly labels: readonly string[]
    }

export type PlannerReply =
  | { readonly kind: 'prepared'; readonly prepared: PreparedSupergraph }
  | { readonly kind: 'opened' }
  | { readonly kind: 'planned'; readonly plan: string }
  | { readonly kind: 'too complex'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string; readonly code?: string }

export interface PlanJob {
  /** The supergraph that the operation is planned for. */
  readonly supergraph: { readonly id: string; readonly supergraphSdl: string }
  readonly document: string
  readonly operationName: string | undefined
  /** The labels of overrides that are active. */
  readonly labels?: readonly string[] | undefined
  readonly timeLimitMs: number
  /** Plans of one caller never occupy all planners. */
  readonly caller?: string | undefined
}

export interface Planned {
  readonly plan: QueryPlan
  readonly planningMs: number
}

export interface PlannerProcess {
  holds(supergraphId: string): boolean
  /** Rejects with the reason where the supergraph is invalid. */
  prepare(supergraph: PlanJob['supergraph']): Promise<PreparedSupergraph>
  /** Opens the supergraph of a job ahead of it. */
  open(job: Pick<PlanJob, 'supergraph'>): Promise<void>
  /** Rejects with `PLAN_TOO_COMPLEX`, or with the signal's reason when that aborts. */
  plan(job: PlanJob, signal: CancelSignal | undefined): Promise<Planned>
  readonly isEnded: boolean
  close(): Promise<unknown>
}

export interface PlannerLimits {
  /** The heap of the process. */
  readonly heapMb: number
  /** The largest plan, as text. */
  readonly mostPlanBytes: number
}

/** How many supergraphs a process holds: the present one, the next during a reload, and those of other engines. */
const mostSupergraphs = 12

/** Opening a supergraph takes seconds at most. */
const openTimeLimitMs = 60_000

export function planTooComplex(reason: string): GraphQLError {
  return new GraphQLError(`The operation is too complex to plan: ${reason}.`, {
    extensions: { code: 'PLAN_TOO_COMPLEX', http: { status: 400 } },
  })
}

const opening: Limit = {
  ms: openTimeLimitMs,
  reason: () => new Error('The planner did not open the supergraph in time.'),
  signal: undefined,
}

function readPrepared(reply: PlannerReply): PreparedSupergraph {
  if (reply.kind === 'prepared') return reply.prepared
  throw new Error('message' in reply ? reply.message : 'The planner did not prepare it.')
}

export function startProcess({ heapMb, mostPlanBytes }: PlannerLimits): PlannerProcess {
  const child = startChild(heapMb)
  let isEnded = false
  child.once('exit', () => (isEnded = true))
  // A message that cannot be sent to a child that ends: its exit settles the request.
  child.on('error', () => (isEnded = true))
  /** The most recently used supergraph is the last. */
  const opened = new Set<string>()
  const close = async () => {
    isEnded = true
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.ref()
    child.kill('SIGKILL')
    await ended
  }
  const ask = (request: PlannerRequest, limit: Limit) =>
    askChild(child, request, limit, () => void close())
  const open: PlannerProcess['open'] = async ({ supergraph }) => {
    if (opened.delete(supergraph.id)) return void opened.add(supergraph.id)
    const [oldest] = opened
    const closes = opened.size >= mostSupergraphs ? oldest : undefined
    if (closes !== undefined) opened.delete(closes)
    const reply = await ask({ kind: 'open', ...supergraph, closes }, opening)
    if (reply.kind !== 'opened') readPlan(reply, mostPlanBytes)
    opened.add(supergraph.id)
  }
  return {
    holds: (id) => opened.has(id),
    prepare: async ({ supergraphSdl }) =>
      readPrepared(await ask({ kind: 'prepare', supergraphSdl }, opening)),
    open,
    plan: async (job, signal) => {
      const { supergraph, document, operationName, labels = [], timeLimitMs } = job
      await open(job)
      if (signal?.aborted) throw reasonOf(signal)
      const startedAt = performance.now()
      const reason = () => planTooComplex(`it takes more than ${timeLimitMs} ms`)
      const reply = await ask(
        { kind: 'plan', id: supergraph.id, document, operationName, labels },
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

function startChild(heapMb: number): ChildProcess {
  const isSource = import.meta.url.endsWith('.ts')
  const entry = isSource
    ? new URL('./planner-entry.ts', import.meta.url)
    : new URL('./planner-entry.js', import.meta.url)
  const child = fork(fileURLToPath(entry), {
    execArgv: [...flagsOf(heapMb), ...(isSource ? typeScriptLoader() : [])],
    // V8 describes each heap that overflows on stderr.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
  })
  yieldToOthers(child)
  // A process may end while planners are idle.
  child.unref()
  child.channel?.unref()
  return child
}

/** A plan is made of very many objects that live shortly: with room for them, they are dropped instead of copied. */
const flagsOf = (heapMb: number): readonly string[] => [
  `--max-old-space-size=${heapMb}`,
  '--max-semi-space-size=32',
]

/** Where planners share a core with the process that serves, each plan would delay its other requests by tens of milliseconds. */
function yieldToOthers({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // Some systems do not allow it: then planners have the same priority.
  }
}

/** Newer versions of Node read TypeScript themselves. Of tsx only the hooks for ES modules are loaded, which is faster. */
function typeScriptLoader(): string[] {
  if ('typescript' in process.features && process.features.typescript !== false) return []
  const resolved = pathToFileURL(createRequire(import.meta.url).resolve('tsx/esm/api'))
  const loader = new URL('index.mjs', resolved).href
  const source = `import { register } from ${JSON.stringify(loader)}\nregister()`
  return ['--import', `data:text/javascript,${encodeURIComponent(source)}`]
}

interface Limit {
  readonly ms: number
  readonly reason: () => Error
  readonly signal: CancelSignal | undefined
}

/** A plan that is nearly made when its last client leaves costs less than another process. */
const graceMs = 250

/** Sends a request and waits for its reply; ends the child where none comes. */
function askChild(
  child: ChildProcess,
  request: PlannerRequest,
  { ms, reason, signal }: Limit,
  end: () => void,
): Promise<PlannerReply> {
  return new Promise((resolve, reject) => {
    let grace: NodeJS.Timeout | undefined
    const settle = () => {
      clearTimeout(timer)
      clearTimeout(grace)
      child.off('message', onReply).off('exit', onExit).off('error', fail)
      signal?.removeEventListener('abort', onAbort)
      child.channel?.unref()
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
    const onExit = (code: number | null, ended: NodeJS.Signals | null) =>
      fail(reasonOfExit(code, ended))
    const onAbort = () => {
      grace = setTimeout(() => signal && fail(reasonOf(signal)), graceMs)
    }
    const timer = setTimeout(() => fail(reason()), ms)
    child.channel?.ref()
    child.on('message', onReply).on('exit', onExit).on('error', fail)
    signal?.addEventListener('abort', onAbort, { once: true })
    child.send(request)
  })
}

/** V8 aborts a process that exceeds its heap; the system kills one when memory is short. */
function reasonOfExit(code: number | null, signal: NodeJS.Signals | null): Error {
  if (signal === 'SIGABRT' || signal === 'SIGKILL')
    return planTooComplex('it takes too much memory')
  return new Error(`The planner process ended with ${signal ?? `code ${code}`}.`)
}

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
