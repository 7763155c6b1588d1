import { createOperationLabels } from '@cnop/kit/metrics'
import { isErrorCode } from '@cnop/schema/codes'
import { Counter, type Registry } from 'prom-client'
import { nameCode } from '../errors/normalise.ts'
import { statusOf } from '../errors/status.ts'
import type { OperationContext } from '../edge/request-context.ts'
import type { GraphQLFormattedError } from 'graphql'

/** Counts the errors of an operation's result, which HTTP statuses do not show: GraphQL answers 200. */
export type CountErrors = (
  context: OperationContext,
  result: { readonly errors?: readonly GraphQLFormattedError[] },
) => void

export function countOperationErrors(registry: Registry): CountErrors {
  const labelOf = createOperationLabels()
  const errorsTotal = new Counter({
    name: 'gateway_graphql_errors_total',
    help: 'Errors in results of operations, by operation and code.',
    labelNames: ['operation', 'code'] as const,
    registers: [registry],
  })
  return ({ request }, { errors = [] }) => {
    // A call that ended because its client left is no fault of the platform.
    if (errors.length === 0 || request.clientLeft?.().aborted) return
    const operation = labelOf(request.operationName)
    for (const error of errors) {
      const named = nameCode(error).extensions?.['code']
      const code = isErrorCode(named) ? named : 'INTERNAL'
      errorsTotal.inc({ operation, code })
      if (statusOf[code] >= 500) request.hasFailed = true
    }
  }
}
