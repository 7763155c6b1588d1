import { DomainError, Forbidden } from '@cnop/kit/errors'

export class UsernameTaken extends DomainError {
  override readonly name = 'UsernameTaken'
  readonly code = 'USERNAME_TAKEN'

  constructor() {
    super('Another user has this name.', { field: 'username' })
  }
}

export class EmailTaken extends DomainError {
  override readonly name = 'EmailTaken'
  readonly code = 'EMAIL_TAKEN'

  constructor() {
    super('Another user has this e-mail address.', { field: 'email' })
  }
}

/** Whatever needs the password of an account is refused where nobody has one. */
export class GuestHasNoPassword extends Forbidden {
  constructor() {
    super(
      'A guest account has no password, so this cannot be changed. Sign up for an account of your own.',
    )
  }
}

/** Distinct from WrongPassword internally; the GraphQL endpoint answers both as INVALID_CREDENTIALS. */
export class UserNotFound extends DomainError {
  override readonly name = 'UserNotFound'
  readonly code = 'USER_NOT_FOUND'

  constructor() {
    super('No user has this name.')
  }
}

export class WrongPassword extends DomainError {
  override readonly name = 'WrongPassword'
  readonly code = 'WRONG_PASSWORD'

  /** With the field when a signed-in user repeated their password; a sign-in does not say what was wrong. */
  constructor(field?: 'currentPassword') {
    const reason = 'is not your current password'
    super('The password is not the one in force.', field && { field, reason })
  }
}

export class SignInDelayed extends DomainError {
  override readonly name = 'SignInDelayed'
  readonly code = 'SIGN_IN_DELAYED'

  constructor(retryAfterSeconds: number) {
    super('Too many failed sign-ins of this account. Try again after the delay.', {
      retryAfterSeconds: String(retryAfterSeconds),
    })
  }
}

export class SessionEnded extends DomainError {
  override readonly name = 'SessionEnded'
  readonly code = 'SESSION_ENDED'

  /** The details are for the router's audit trail; no client sees them. */
  constructor(reused?: { readonly username: string; readonly sessionId: string }) {
    const details = reused && { reason: 'REUSED', ...reused }
    super('The session was signed out, revoked or has expired. Sign in again.', details)
  }
}

export class SessionNotFound extends DomainError {
  override readonly name = 'SessionNotFound'
  readonly code = 'SESSION_NOT_FOUND'

  constructor() {
    super('You have no such session.')
  }
}

export class Overloaded extends DomainError {
  override readonly name = 'Overloaded'
  readonly code = 'OVERLOADED'

  constructor() {
    super('Too many passwords are being checked at once. Try again shortly.', {
      retryAfterSeconds: '1',
    })
  }
}
