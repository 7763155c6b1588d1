import { type ErrorCode, errorCodes, isErrorCode } from '@cnop/schema/codes'
import { DomainError } from '@cnop/kit/errors'
import type { GraphQLFormattedError } from 'graphql'

/** The router itself refuses a request: a code, an HTTP status that the code implies, and what the caller can do. */
export class Refusal extends DomainError {
  override readonly name = 'Refusal'
  readonly code: ErrorCode
  readonly retryAfterSeconds: number | undefined

  constructor(
    code: ErrorCode,
    message: string = errorCodes[code],
    options: { details?: Record<string, string>; retryAfterSeconds?: number } = {},
  ) {
    super(message, options.details)
    this.code = code
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}

/** What an operation refused, as a refusal of the door that ran it. */
export function toRefusal({ message, extensions }: GraphQLFormattedError): Refusal {
  const { code, details } = extensions ?? {}
  const given = (details ?? {}) as Record<string, string>
  const wait = given['retryAfterSeconds']
  return new Refusal(isErrorCode(code) ? code : 'INTERNAL', message, {
    details: given,
    ...(wait !== undefined && { retryAfterSeconds: parseInt(wait, 10) }),
  })
}
