/** The program of a planner thread: opens supergraphs and plans operations, one message at a time. */
import { parentPort } from 'node:worker_threads'
import { GraphQLError } from 'graphql'
import { openPlanner, type PlanOperation } from './planner.ts'
import type { ThreadReply, ThreadRequest } from './planner-thread.ts'

const planners = new Map<string, PlanOperation>()

function handle(request: ThreadRequest): ThreadReply {
  if (request.kind === 'open') {
    if (request.closes !== undefined) planners.delete(request.closes)
    planners.set(request.id, openPlanner(request.supergraphSdl))
    return { kind: 'opened' }
  }
  const plan = planners.get(request.id)
  if (!plan) throw new Error('The thread has not opened this supergraph.')
  // As text, so that its size can be checked before the other thread parses it.
  return {
    kind: 'planned',
    plan: JSON.stringify(plan(request.document, request.operationName)),
  }
}

parentPort?.on('message', (request: ThreadRequest) => {
  try {
    parentPort?.postMessage(handle(request))
  } catch (error) {
    // Arrays and maps beyond their maximum size, and recursion beyond the stack.
    const kind = error instanceof RangeError ? 'too complex' : 'failed'
    const code = error instanceof GraphQLError ? error.extensions['code'] : undefined
    const message = error instanceof Error ? error.message : String(error)
    parentPort?.postMessage({ kind, message, ...(typeof code === 'string' && { code }) })
  }
})
