import type { GraphQLFormattedError } from 'graphql'
import { nameErrors } from '../errors/normalise.ts'
import { refusalOf } from '../errors/refusal.ts'
import { type FieldError, FieldsRefused } from './field-errors.ts'
import { RestRefusal, restStatusOf } from './problem.ts'
import type { Route } from './route.ts'

/** Fields whose name in REST is not the same words in snake case. */
const renamed: Readonly<Record<string, readonly [part: string, name: string]>> = {
  marketingConsent: ['body', 'marketing_emails_consent'],
  limitPrice: ['body', 'price'],
  key: ['header', 'Idempotency-Key'],
  id: ['path', 'order_id'],
}

const toSnakeCase = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

function toFieldError(details: Readonly<Record<string, string>>, message: string): FieldError {
  const { field = '', reason = message } = details
  const loc = renamed[field] ?? (field ? ['body', toSnakeCase(field)] : ['body'])
  return { type: 'value_error', loc, msg: reason, input: null, ctx: { reason } }
}

/** The REST failure of an operation: its first error decides. */
export function toRestFailure(
  errors: readonly GraphQLFormattedError[],
  requestId: string,
  { statuses, fieldErrors }: Route,
): Error {
  const [error] = nameErrors(errors, requestId)
  const refusal = refusalOf(error ?? { message: 'The operation failed.' })
  const { code, message, details, retryAfterSeconds } = refusal
  if (code === 'BAD_USER_INPUT') return new FieldsRefused([toFieldError(details, message)])
  const fieldError = fieldErrors?.[code]?.(details)
  if (fieldError) return new FieldsRefused([fieldError])
  const status = statuses?.[code] ?? restStatusOf(code)
  return new RestRefusal(code, message, status, retryAfterSeconds)
}
