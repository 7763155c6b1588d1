import type { Log } from '@cnop/kit/log'
import { formatUsd, type Usd } from '@cnop/kit/money'
import type { UserRole } from './domain/user.ts'

interface Scope {
  readonly log: Log
}

/** One log line per business event. No event carries a secret. */
function record(
  scope: Scope,
  action: string,
  user: string | undefined,
  message: string,
  extra?: object,
): void {
  scope.log.info({ action, ...(user !== undefined && { user }), ...(extra && { extra }) }, message)
}

export const recordSignUp = (scope: Scope, user: string): void =>
  record(scope, 'user.signed_up', user, 'An account was opened.')

export const recordDemoEnd = (scope: Scope, user: string): void =>
  record(scope, 'user.demo_ended', user, 'A demo account ended.')

export const recordSignIn = (scope: Scope, user: string, sessionId: string): void =>
  record(scope, 'user.signed_in', user, 'A user signed in.', { sessionId })

export type SignInRefusal = 'USER_NOT_FOUND' | 'WRONG_PASSWORD' | 'SIGN_IN_DELAYED'

/** An unknown name is not logged: users may type their password into the name field. */
export const recordSignInRefused = (
  scope: Scope,
  user: string | undefined,
  reason: SignInRefusal,
): void => record(scope, 'user.sign_in_refused', user, 'A sign-in was refused.', { reason })

export const recordRefreshReuse = (scope: Scope, user: string, sessionId: string): void =>
  scope.log.warn(
    { action: 'session.refresh_reused', user, extra: { sessionId } },
    'A spent refresh token was used again; its session was ended.',
  )

export type SessionEnd =
  | 'SIGN_OUT'
  | 'REVOKED'
  | 'PASSWORD_CHANGED'
  | 'ROLE_CHANGED'
  | 'REUSED'
  | 'TOO_MANY'
  | 'DEMO_ENDED'

export const recordSessionEnd = (
  scope: Scope,
  user: string,
  sessionId: string,
  reason: SessionEnd,
): void => record(scope, 'session.ended', user, 'A session ended.', { sessionId, reason })

export const recordSessionKept = (
  scope: Scope,
  user: string,
  sessionId: string,
  error: unknown,
): void =>
  scope.log.error(
    { action: 'session.end_failed', user, error, extra: { sessionId } },
    'A session could not be ended; its access token is good until it expires.',
  )

export const recordPasswordChange = (scope: Scope, user: string, sessionsEnded: number): void =>
  record(scope, 'user.password_changed', user, 'A password was changed.', { sessionsEnded })

export const recordProfileChange = (scope: Scope, user: string, fields: readonly string[]): void =>
  record(scope, 'user.profile_changed', user, 'Personal data were changed.', { fields })

export const recordRole = (
  scope: Scope,
  user: string,
  change: { readonly role: UserRole; readonly sessionsEnded: number },
): void => record(scope, 'user.role_granted', user, 'A role was granted.', change)

export const recordCash = (
  scope: Scope,
  user: string,
  kind: 'deposit' | 'withdraw',
  moved: { readonly amount: Usd; readonly entryId: string },
): void =>
  record(scope, `cash.${kind}`, user, 'Cash was moved.', {
    amount: formatUsd(moved.amount),
    entryId: moved.entryId,
  })
