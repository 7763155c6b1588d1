import { isGuestSession } from '@cnop/kit/demo'
import { BadInput, Contention } from '@cnop/kit/errors'
import type { Actor } from '@cnop/kit/identity'
import { transactKnowing } from '@cnop/kit/transact'
import type { Deps } from '../deps.ts'
import { GuestHasNoPassword, SessionEnded } from '../domain/errors.ts'
import { readNewPassword } from '../domain/password.ts'
import { recordPasswordChange } from '../events.ts'
import type { ChangePasswordInput } from '../generated/resolvers.ts'
import { forgetFailuresWrite, type Guess } from '../store/failures.ts'
import { keepSessionWrite, readSession } from '../store/sessions.ts'
import { CredentialsChanged, hasPasswordHash, replacePasswordWrite } from '../store/users.ts'
import { checkCurrentPassword } from './check-password.ts'
import { endSessions } from './end-sessions.ts'

const maxAttempts = 3

/**
 * Replaces the password and ends every other session. Wrong guesses are counted like failed sign-ins, for this session
 * alone: it was opened with the right password, so failures of other clients do not delay it.
 */
export async function changePassword(
  deps: Deps,
  actor: Actor,
  { currentPassword, newPassword: text }: ChangePasswordInput,
  clientIp: string | undefined,
): Promise<number> {
  if (isGuestSession(actor)) throw new GuestHasNoPassword()
  const newPassword = readNewPassword('newPassword', text)
  if (newPassword === currentPassword.normalize('NFC'))
    throw new BadInput('newPassword', 'must differ from the current one')
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    try {
      return await tryChange(deps, actor, { currentPassword, newPassword }, clientIp)
    } catch (error) {
      if (!(error instanceof CredentialsChanged)) throw error
    }
  }
  throw new Contention()
}

async function tryChange(
  deps: Deps,
  { username, sessionId }: Actor,
  { currentPassword, newPassword }: ChangePasswordInput,
  clientIp: string | undefined,
): Promise<number> {
  const { store } = deps
  const { table } = store
  const guess: Guess = { username, counter: { kind: 'session', id: sessionId } }
  // Both hashes run in one slot: a second wait could exceed the router's deadline.
  const { credentials, hasFailures, newHash } = await deps.hashLimiters.passwordChange(
    clientIp,
    async () => {
      const checked = await checkCurrentPassword(deps, guess, currentPassword)
      return { ...checked, newHash: await deps.hasher.hash(newPassword) }
    },
  )
  const { session } = await readSession(store, username, sessionId)
  if (session?.generation !== credentials.generation) throw new SessionEnded()
  const writes = [
    replacePasswordWrite(table, credentials, newHash, deps.now()),
    keepSessionWrite(table, session),
    ...(hasFailures ? [forgetFailuresWrite(table, guess)] : []),
  ]
  const sessionsEnded = await endSessions(deps, {
    username,
    keptId: sessionId,
    reason: 'PASSWORD_CHANGED',
    commit: async (denials) => {
      await transactKnowing(store.db, [...writes, ...denials], () =>
        hasPasswordHash(store, username, newHash),
      )
      return credentials.generation + 1n
    },
  })
  recordPasswordChange(deps, username, sessionsEnded)
  return sessionsEnded
}
