import { type ErrorCode, errorCodes } from '@cnop/schema/codes'
import { DomainError } from '@cnop/kit/errors'

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
