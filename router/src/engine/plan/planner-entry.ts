/** The program of a planner process: opens supergraphs and plans operations, one message at a time. */
import { GraphQLError } from 'graphql'
import { openPlanner, type PlanOperation } from './planner.ts'
import { prepareSupergraph } from './prepare-supergraph.ts'
import type { PlannerReply, PlannerRequest } from './planner-process.ts'

const planners = new Map<string, PlanOperation>()

function handle(request: PlannerRequest): PlannerReply {
  if (request.kind === 'prepare') {
    return { kind: 'prepared', prepared: prepareSupergraph(request.supergraphSdl) }
  }
  if (request.kind === 'open') {
    if (request.closes !== undefined) planners.delete(request.closes)
    planners.set(request.id, openPlanner(request.supergraphSdl))
    return { kind: 'opened' }
  }
  const plan = planners.get(request.id)
  if (!plan) throw new Error('The planner has not opened this supergraph.')
  // As text, so that its size can be checked before the other process parses it.
  return {
    kind: 'planned',
    plan: JSON.stringify(plan(request.document, request.operationName, request.labels)),
  }
}

function answer(request: PlannerRequest): PlannerReply {
  try {
    return handle(request)
  } catch (error) {
    // Arrays and maps beyond their maximum size, and recursion beyond the stack.
    const kind = error instanceof RangeError ? 'too complex' : 'failed'
    const code = error instanceof GraphQLError ? error.extensions['code'] : undefined
    const message = error instanceof Error ? error.message : String(error)
    return { kind, message, ...(typeof code === 'string' && { code }) }
  }
}

process.on('message', (request: PlannerRequest) => process.send?.(answer(request)))
// Ctrl-C reaches the whole process group; the parent ends its planners after its last request.
process.on('SIGINT', () => undefined)
