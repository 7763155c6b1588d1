import { type ErrorCode, isErrorCode } from '@cnop/schema/codes'
import type { GraphQLFormattedError } from 'graphql'
import { nameErrors } from '../errors/normalise.ts'
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

interface Refused {
  readonly code: ErrorCode
  readonly message: string
  readonly details: Readonly<Record<string, string>>
}

/** The first error decides. */
function readRefusal(errors: readonly GraphQLFormattedError[], requestId: string): Refused {
  const [error] = nameErrors(errors, requestId)
  const { code, details = {} } = error?.extensions ?? {}
  return {
    code: isErrorCode(code) ? code : 'INTERNAL',
    message: error?.message ?? 'The operation failed.',
    details: details as Record<string, string>,
  }
}

/** What a failed operation means in REST. */
export function toRestFailure(
  errors: readonly GraphQLFormattedError[],
  requestId: string,
  { statuses, fieldErrors }: Route,
): Error {
  const { code, message, details } = readRefusal(errors, requestId)
  if (code === 'BAD_USER_INPUT') return new FieldsRefused([toFieldError(details, message)])
  const fieldError = fieldErrors?.[code]?.(details)
  if (fieldError) return new FieldsRefused([fieldError])
  const wait = parseInt(details['retryAfterSeconds'] ?? '', 10)
  const status = statuses?.[code] ?? restStatusOf(code)
  return new RestRefusal(code, message, status, Number.isNaN(wait) ? undefined : wait)
}
