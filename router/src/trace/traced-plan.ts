import { Kind, parse, print, visit } from 'graphql'
import type { Engine } from '../engine/engine.ts'
import type { PlannedCall } from '../engine/explain.ts'
import type { Documents } from './documents.ts'

type TracedPlan = readonly PlannedCall[] | null

/** The calls that the operation of a trace was planned as; null where it never came to a plan. */
export async function planOf(
  plan: Engine['plan'],
  document: ReturnType<Documents['find']>,
): Promise<TracedPlan> {
  if (!document) return null
  try {
    const { calls } = await plan(document.text, document.operationName)
    return calls.map((call) => ({ ...call, operation: withoutValues(call.operation) }))
  } catch {
    // Refused before planning, or of another supergraph than the present one.
    return null
  }
}

/** What a client wrote into its document may be as secret as its variables. */
function withoutValues(operation: string): string {
  const hidden = visit(parse(operation), {
    [Kind.STRING]: (node) => ({ ...node, value: '…', block: false }),
    [Kind.INT]: (node) => ({ ...node, value: '0' }),
    [Kind.FLOAT]: (node) => ({ ...node, value: '0' }),
  })
  return print(hidden)
}
