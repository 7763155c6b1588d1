import type { GraphQLFormattedError } from 'graphql'
import { noteLimit } from '../audit/note-event.ts'
import type { RequestContext } from '../edge/request-context.ts'
import type { Refusal } from '../errors/refusal.ts'
import type { OperationGuard } from '../operations/operation-stages.ts'
import { refuseUntil, type Spend } from './budget.ts'
import { countUses, variablesOf } from './operation-program.ts'
import type { ReadProgram } from './programs.ts'

/** Answers that tell who has an account. */
const takenCodes = new Set<unknown>(['USERNAME_TAKEN', 'EMAIL_TAKEN'])

/**
 * A budget of the address for sign-ups with a taken username or e-mail address, so that nobody finds out in numbers who has an account.
 * Only such a sign-up spends it. Once it is spent no sign-up runs; those that ran at the same time are answered with the refusal as well.
 */
export function guardSignUp(spendTaken: Spend, readProgram: ReadProgram): OperationGuard {
  return async (operation) => {
    const program = readProgram(operation)
    const use = program.fieldUses.get('signUp')
    if (!use || countUses(use, variablesOf(program, operation)) === 0) return undefined
    const { context } = operation
    const { remaining, msLeft } = await spendTaken(context.clientIp, 0)
    if (remaining === 0) throw refuseTaken(context, msLeft)
    return async (result) => {
      const isTaken = ({ extensions }: GraphQLFormattedError) =>
        takenCodes.has(extensions?.['code'])
      const { errors = [] } = result
      const taken = errors.filter(isTaken).length
      if (taken === 0) return
      const spending = await spendTaken(context.clientIp, taken)
      if (spending.isWithin) return
      const refusal = refuseTaken(context, spending.msLeft)
      result.errors = errors.map((error) => (isTaken(error) ? withRefusal(error, refusal) : error))
    }
  }
}

const withRefusal = (error: GraphQLFormattedError, refusal: Refusal): GraphQLFormattedError => ({
  ...error,
  message: refusal.message,
  extensions: { ...error.extensions, ...refusal.extensions },
})

function refuseTaken(context: RequestContext, msLeft: number): Refusal {
  noteLimit(context, 'taken_name')
  const message = 'Too many sign-ups from this address had a taken username or e-mail address.'
  return refuseUntil('RATE_LIMITED', msLeft, message)
}
