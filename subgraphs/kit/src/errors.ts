import type { ErrorCode } from '@cnop/schema/codes'

/**
 * An error the caller can act on; anything else is a bug and is masked at the edge.
 * graphql-js copies `extensions` into the response, so the domain never imports graphql.
 */
export abstract class DomainError extends Error {
  abstract readonly code: ErrorCode
  readonly details: Readonly<Record<string, string>>

  constructor(message: string, details: Readonly<Record<string, string>> = {}) {
    super(message)
    this.details = details
  }

  get extensions(): { code: ErrorCode; details: Readonly<Record<string, string>> } {
    return { code: this.code, details: this.details }
  }
}

/** A field is invalid. Details have `field` and `reason`. */
export class BadInput extends DomainError {
  override readonly name = 'BadInput'
  readonly code = 'BAD_USER_INPUT'

  constructor(field: string, reason: string) {
    super(`${field}: ${reason}`, { field, reason })
  }
}

export class Unauthenticated extends DomainError {
  override readonly name = 'Unauthenticated'
  readonly code = 'UNAUTHENTICATED'

  constructor(message = 'A valid access token is needed.') {
    super(message)
  }
}

/** Of a field behind the one that ended the caller's session. */
export class CallerSessionEnded extends DomainError {
  override readonly name = 'CallerSessionEnded'
  readonly code = 'SESSION_ENDED'

  constructor() {
    super('The session was ended by an earlier field. Sign in again.')
  }
}

export class Forbidden extends DomainError {
  override readonly name = 'Forbidden'
  readonly code = 'FORBIDDEN'

  constructor(message = 'You are not allowed to do this.') {
    super(message)
  }
}

/** Nothing was written; the same command may be tried again. */
export class Contention extends DomainError {
  override readonly name = 'Contention'
  readonly code = 'CONTENTION'

  constructor() {
    super('Too many concurrent commands for this account. Nothing was written; try again.')
  }
}

/** It is unknown whether the store wrote; a repeat with the same key returns the outcome. */
export class OutcomeUnknown extends DomainError {
  override readonly name = 'OutcomeUnknown'
  readonly code = 'OUTCOME_UNKNOWN'

  constructor() {
    super(
      'The store did not answer, and the command may have taken effect. Repeat it with the same key; without a key, read what it changes first.',
    )
  }
}

/** The store cannot be reached or has no capacity. The same call may succeed in a moment. */
export class StoreUnavailable extends DomainError {
  override readonly name = 'StoreUnavailable'
  readonly code = 'STORE_UNAVAILABLE'

  constructor(cause?: unknown) {
    super('The data store does not answer. Try again in a moment.', { retryAfterSeconds: '1' })
    this.cause = cause
  }
}

/** A broken invariant is a bug: it is logged with its stack and answered as INTERNAL. */
export class InvariantViolation extends Error {
  override readonly name = 'InvariantViolation'
}

export function invariant(condition: boolean, why: string): asserts condition {
  if (!condition) throw new InvariantViolation(why)
}
