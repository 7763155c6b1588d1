import { noteLimit } from '../audit/note-event.ts'
import type { OperationGuard } from '../operations/operation-stages.ts'
import type { Spend } from './budget.ts'
import type { ReadProgram } from './operation-program.ts'
import { refuseUntil } from './budget.ts'

/** Counts an operation once for each subgraph that it touches, per client address, before any of them is asked. */
export function guardServices(
  budgets: ReadonlyMap<string, Spend>,
  readProgram: ReadProgram,
): OperationGuard {
  return async (operation) => {
    const { context } = operation
    const { services } = readProgram(operation)
    const spendings = await Promise.all(
      [...services].map(async (service) => ({
        service,
        spending: await budgets.get(service)?.(context.clientIp, 1),
      })),
    )
    for (const { service, spending } of spendings) {
      if (spending?.isWithin === false) {
        noteLimit(context, `service:${service}`)
        const message = `The budget of the ${service} service for this minute is spent.`
        throw refuseUntil('RATE_LIMITED', spending.msLeft, message)
      }
    }
    return undefined
  }
}
