/**
 * One worker thread that plans operations, one at a time. A plan that exceeds its time or the heap of the thread, or that
 * is aborted, ends the thread without harm to the process.
 */
import { createRequire } from 'node:module'
import { performance } from 'node:perf_hooks'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { QueryPlan } from '@apollo/query-planner'
import { GraphQLError } from 'graphql'

export type ThreadRequest =
  | {
      readonly kind: 'open'
      readonly id: string
      readonly supergraphSdl: string
      /** Another supergraph that the thread closes first. */
      readonly closes: string | undefined
    }
  | {
      readonly kind: 'plan'
      readonly id: string
      readonly document: string
      readonly operationName: string | undefined
    }

export type ThreadReply =
  | { readonly kind: 'opened' }
  | { readonly kind: 'planned'; readonly plan: string }
  | { readonly kind: 'too complex'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string; readonly code?: string }

export interface PlanJob {
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

export interface PlannerThread {
  holds(supergraphId: string): boolean
  /** Rejects with `PLAN_TOO_COMPLEX`, or with the signal's reason when that aborts. */
  plan(job: PlanJob, signal: AbortSignal | undefined): Promise<Planned>
  readonly isEnded: boolean
  close(): Promise<unknown>
}

export interface ThreadLimits {
  /** The heap of the thread. */
  readonly heapMb: number
  /** The largest plan, as text. */
  readonly mostPlanBytes: number
}

/** How many supergraphs a thread holds: the present one, the next during a reload, and those of other engines. */
const mostSupergraphs = 12

/** Opening a supergraph takes seconds at most. */
const openTimeLimitMs = 60_000

export function planTooComplex(reason: string): GraphQLError {
  return new GraphQLError(`The operation is too complex to plan: ${reason}.`, {
    extensions: { code: 'PLAN_TOO_COMPLEX', http: { status: 400 } },
  })
}

export function startThread({ heapMb, mostPlanBytes }: ThreadLimits): PlannerThread {
  const worker = new Worker(entry(), { resourceLimits: { maxOldGenerationSizeMb: heapMb } })
  // A process may end while planners are idle.
  worker.unref()
  let isEnded = false
  worker.once('exit', () => (isEnded = true))
  // An error of an idle thread must not reach the process.
  worker.on('error', () => (isEnded = true))
  /** The most recently used supergraph is the last. */
  const opened = new Set<string>()
  const close = () => {
    isEnded = true
    return worker.terminate()
  }
  const ask = (request: ThreadRequest, limit: Limit) => askWorker(worker, request, limit, close)
  const open = async ({ supergraph }: PlanJob, signal: AbortSignal | undefined) => {
    const [oldest] = opened
    const closes = opened.size >= mostSupergraphs ? oldest : undefined
    if (closes !== undefined) opened.delete(closes)
    const reason = () => new Error('The planner did not open the supergraph in time.')
    const reply = await ask(
      { kind: 'open', ...supergraph, closes },
      { ms: openTimeLimitMs, reason, signal },
    )
    if (reply.kind !== 'opened') readPlan(reply, mostPlanBytes)
  }
  return {
    holds: (id) => opened.has(id),
    plan: async (job, signal) => {
      const { supergraph, document, operationName, timeLimitMs } = job
      if (!opened.delete(supergraph.id)) await open(job, signal)
      opened.add(supergraph.id)
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

/** TypeScript sources need their loader in each thread; compiled ones do not. */
function entry(): URL {
  if (!import.meta.url.endsWith('.ts')) return new URL('./planner-entry.js', import.meta.url)
  const source = new URL('./planner-entry.ts', import.meta.url).href
  const resolved = pathToFileURL(createRequire(import.meta.url).resolve('tsx/esm/api'))
  const loader = new URL('index.mjs', resolved).href
  const start = `import { register } from ${JSON.stringify(loader)}
register()
await import(${JSON.stringify(source)})`
  return new URL(`data:text/javascript,${encodeURIComponent(start)}`)
}

interface Limit {
  readonly ms: number
  readonly reason: () => Error
  readonly signal: AbortSignal | undefined
}

/** Sends a request and waits for its reply; ends the thread where none comes. */
function askWorker(
  worker: Worker,
  request: ThreadRequest,
  { ms, reason, signal }: Limit,
  endThread: () => unknown,
): Promise<ThreadReply> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      clearTimeout(timer)
      worker.off('message', onReply).off('error', onError)
      signal?.removeEventListener('abort', onAbort)
      worker.unref()
    }
    const fail = (error: Error) => {
      settle()
      endThread()
      reject(error)
    }
    const onReply = (reply: ThreadReply) => {
      settle()
      resolve(reply)
    }
    const onError = (error: Error & { readonly code?: string }) => {
      const isOutOfMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY'
      fail(isOutOfMemory ? planTooComplex('it takes too much memory') : error)
    }
    const onAbort = () => signal && fail(reasonOf(signal))
    const timer = setTimeout(() => fail(reason()), ms)
    worker.ref()
    worker.on('message', onReply).on('error', onError)
    signal?.addEventListener('abort', onAbort, { once: true })
    if (signal?.aborted) onAbort()
    else worker.postMessage(request)
  })
}

function readPlan(reply: ThreadReply, mostPlanBytes: number): QueryPlan {
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
