import type { Clock } from '@cnop/kit/clock'
import { BadInput } from '@cnop/kit/errors'
import { noteLimit } from '../audit/note-event.ts'
import { Refusal } from '../errors/refusal.ts'
import type { RequestContext } from '../edge/request-context.ts'
import { actorKey } from './budget.ts'
import type { AnswerStage, OperationGuard } from '../operations/operation-stages.ts'
import type { Spend, Spending } from './budget.ts'
import { type Measured, measureCost } from './operation-cost.ts'
import { variablesOf } from './operation-program.ts'
import type { ReadProgram } from './programs.ts'
import { refuseUntil } from './budget.ts'

export interface CostRules {
  /** The cost limit of one operation. */
  readonly perOperation: number
  /** `measure` only logs what would be refused. */
  readonly mode: 'measure' | 'enforce'
  /** Whether the response reports the cost. */
  readonly isShown: boolean
}

/**
 * Refuses page sizes that are not allowed and operations that cost too much, and takes the cost from the caller's budget per
 * minute. Only the document and its variables are needed, so it runs before planning.
 */
export function guardCost(
  rules: CostRules,
  spend: Spend,
  readProgram: ReadProgram,
  now: Clock,
): OperationGuard {
  return async (operation) => {
    const program = readProgram(operation)
    const measured = measureCost(program.costs, variablesOf(program, operation))
    const { context } = operation
    checkPages(measured)
    const { cost } = measured
    const isEnforced = rules.mode === 'enforce'
    if (isEnforced && cost > rules.perOperation) throw tooCostly(cost, rules.perOperation)
    const spending = cost > 0 ? await spend(actorKey(context), Math.ceil(cost)) : undefined
    const isSpent = spending?.isWithin === false
    if (isSpent || cost > rules.perOperation) noteExcess(context, cost, rules.mode)
    if (isEnforced && isSpent) {
      noteLimit(context, 'cost')
      throw refuseUntil('RATE_LIMITED', spending.msLeft, 'The cost budget of this minute is spent.')
    }
    return rules.isShown ? showCost(measured, spending, rules, now) : undefined
  }
}

function noteExcess({ log, operationName }: RequestContext, cost: number, mode: string): void {
  const extra = { cost, mode, operation: operationName }
  log.warn({ action: 'cost.exceeded', extra }, 'An operation exceeds the cost limit.')
}

function showCost(
  measured: Measured,
  spending: Spending | undefined,
  rules: CostRules,
  now: Clock,
): AnswerStage {
  return (result) => {
    result.extensions = { ...result.extensions, cost: describe(measured, spending, rules, now()) }
  }
}

function checkPages({ badPage }: Measured): void {
  if (!badPage) return
  const { argument, cap, place } = badPage
  throw new BadInput(argument, `must be 1 to ${cap} for ${place}`)
}

const tooCostly = (cost: number, limit: number): Refusal =>
  new Refusal('QUERY_TOO_COMPLEX', `The operation costs ${cost}; one may cost ${limit}.`, {
    details: { cost: String(cost), limit: String(limit) },
  })

function describe(
  { cost }: Measured,
  spending: Spending | undefined,
  { perOperation, mode }: CostRules,
  nowMs: number,
) {
  const budget = spending && {
    limit: spending.limit,
    remaining: spending.remaining,
    resetAt: new Date(nowMs + spending.msLeft).toISOString(),
  }
  return { estimated: cost, limit: perOperation, mode, ...(budget && { budget }) }
}
