import { getVariableValues, type GraphQLResolveInfo, OperationTypeNode } from 'graphql'
import { getGraphQLRateLimiter } from 'graphql-rate-limit'
import { actorKey } from './budget.ts'
import { noteLimit } from '../audit/note-event.ts'
import type { RequestContext } from '../edge/request-context.ts'
import type { GuardedOperation, OperationGuard } from '../operations/operation-stages.ts'
import { countingStore, dayMs, minuteMs, type UseCounts, useKey } from './field-limit-store.ts'
import type { FieldLimit } from './limit-rules.ts'
import { countUses, variablesOf } from './operation-program.ts'
import type { ReadProgram } from './programs.ts'
import { refuseUntil } from './budget.ts'

/** What is allowed within one kind of window, by budget. */
export interface FieldWindow {
  readonly counts: UseCounts
  readonly length: 'minute' | 'day'
  /** By budget; a budget that is not configured has the schema's number per minute, and no limit per day. */
  readonly limits: ReadonlyMap<string, number>
}

/**
 * Counts the uses of `@rateLimit` fields, aliases included, per user or address, before anything runs. When a
 * budget does not have room for all uses of an operation, none of it runs.
 */
export function guardFields(
  windows: readonly FieldWindow[],
  readProgram: ReadProgram,
): OperationGuard {
  return async (operation) => {
    const program = readProgram(operation)
    if (program.fieldUses.size === 0 || !canRun(operation)) return undefined
    const { context } = operation
    const variables = variablesOf(program, operation)
    for (const use of program.fieldUses.values()) {
      const uses = countUses(use, variables)
      if (uses === 0) continue
      for (const window of windows) await countUse(window, { ...use, uses }, context)
    }
    return undefined
  }
}

/** An operation whose variables do not fit is refused by the engine, so that it uses nothing. */
function canRun({ schema, definition, variables }: GuardedOperation): boolean {
  // The variables of a stream are checked already.
  if (definition.operation === OperationTypeNode.SUBSCRIPTION) return true
  const definitions = definition.variableDefinitions ?? []
  return getVariableValues(schema, definitions, variables, { maxErrors: 1 }).errors === undefined
}

interface CountedUse {
  readonly limit: FieldLimit
  readonly uses: number
}

async function countUse(
  { counts, length, limits }: FieldWindow,
  { limit: { budget, per, max: maxOfSchema }, uses }: CountedUse,
  context: RequestContext,
): Promise<void> {
  const max = limits.get(budget) ?? (length === 'minute' ? maxOfSchema : undefined)
  if (max === undefined) return
  const who = per === 'IP' ? `ip:${context.clientIp}` : actorKey(context)
  const name = length === 'minute' ? budget : `${budget}:day`
  const limitUse = getGraphQLRateLimiter({
    identifyContext: () => who,
    store: countingStore(counts, uses, max),
  })
  const refusal = await limitUse(
    {
      parent: undefined,
      context,
      args: { uses: Array.from({ length: uses }) },
      // Of the field, the library reads the name only; fields that share a budget are counted under its name.
      info: { fieldName: name } as GraphQLResolveInfo,
    },
    { max, window: `${length === 'minute' ? minuteMs : dayMs}ms`, arrayLengthField: 'uses' },
  )
  if (refusal === undefined) return
  noteLimit(context, `field:${name}`)
  const key = useKey({ contextIdentity: who, fieldIdentity: name })
  const message = `Only ${max} uses of ${budget} a ${length} are allowed.`
  throw refuseUntil('RATE_LIMITED', await counts.msLeft(key), message)
}
