import type { GraphQLResolveInfo } from 'graphql'
import { getGraphQLRateLimiter } from 'graphql-rate-limit'
import { actorKey } from './actor-key.ts'
import { noteLimit } from '../audit/note-event.ts'
import type { Exchange } from '../exchange.ts'
import type { OperationGuard } from '../operation-stages.ts'
import { countingStore, fieldWindowMs, type UseCounts, useKey } from './field-limit-store.ts'
import type { FieldLimit } from './limit-rules.ts'
import { countUses, type ReadProgram, variablesOf } from './operation-program.ts'
import { refuseUntil } from './refuse-later.ts'

/**
 * Counts the uses of `@rateLimit` fields, aliases included, per user or address, before anything runs. When a
 * budget does not have room for all uses of an operation, none of it runs.
 */
export function guardFields(
  counts: UseCounts,
  overrides: ReadonlyMap<string, number>,
  readProgram: ReadProgram,
): OperationGuard {
  return async (operation) => {
    const program = readProgram(operation)
    if (program.fieldUses.size === 0) return undefined
    const { exchange } = operation.contextValue
    const variables = variablesOf(program, operation)
    for (const use of program.fieldUses.values()) {
      const { budget, max } = use.limit
      const uses = countUses(use, variables)
      const limit = { ...use.limit, max: overrides.get(budget) ?? max }
      if (uses > 0) await countUse(counts, { limit, uses }, exchange)
    }
    return undefined
  }
}

interface CountedUse {
  readonly limit: FieldLimit
  readonly uses: number
}

async function countUse(
  counts: UseCounts,
  { limit: { budget, per, max }, uses }: CountedUse,
  exchange: Exchange,
): Promise<void> {
  const who = per === 'IP' ? `ip:${exchange.clientIp}` : actorKey(exchange)
  const limitUse = getGraphQLRateLimiter({
    identifyContext: () => who,
    store: countingStore(counts, uses, max),
  })
  const refusal = await limitUse(
    {
      parent: undefined,
      context: exchange,
      args: { uses: Array.from({ length: uses }) },
      // Of the field, the library reads the name only; fields that share a budget are counted under its name.
      info: { fieldName: budget } as GraphQLResolveInfo,
    },
    { max, window: `${fieldWindowMs}ms`, arrayLengthField: 'uses' },
  )
  if (refusal === undefined) return
  noteLimit(exchange, `field:${budget}`)
  const key = useKey({ contextIdentity: who, fieldIdentity: budget })
  const message = `Only ${max} uses of ${budget} a minute are allowed.`
  throw refuseUntil('RATE_LIMITED', await counts.msLeft(key), message)
}
