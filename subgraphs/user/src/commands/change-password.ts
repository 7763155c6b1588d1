import { BadInput } from '@cnop/kit/errors'
import type { Actor } from '@cnop/kit/identity'
import type { Deps } from '../deps.ts'
import { SessionEnded } from '../domain/errors.ts'
import { readNewPassword } from '../domain/password.ts'
import { recordPasswordChange, recordSessionKept } from '../events.ts'
import { forgetFailuresWrite } from '../store/failures.ts'
import { keepSessionWrite, listSessions, readSession } from '../store/sessions.ts'
import { replacePasswordWrite } from '../store/users.ts'
import { checkCurrentPassword } from './check-password.ts'
import { endSession } from './end-session.ts'
import { writePassword } from './write-password.ts'

export interface ChangePasswordInput {
  readonly currentPassword: string
  readonly newPassword: string
}

/** Replaces the password and ends every other session. Wrong guesses count like failed sign-ins. */
export async function changePassword(
  deps: Deps,
  { username, sessionId }: Actor,
  input: ChangePasswordInput,
): Promise<number> {
  const newPassword = readNewPassword('newPassword', input.newPassword)
  if (newPassword === input.currentPassword.normalize('NFC'))
    throw new BadInput('newPassword', 'must be another one')
  const { credentials, hasFailures } = await checkCurrentPassword(
    deps,
    username,
    input.currentPassword,
  )
  const { session } = await readSession(deps.db, deps.table, username, sessionId)
  if (session?.generation !== credentials.generation) throw new SessionEnded()
  const newHash = await deps.hashGate(() => deps.hasher.hash(newPassword))
  await writePassword(deps, { username, passwordHash: newHash }, [
    replacePasswordWrite(deps.table, credentials, newHash, deps.now()),
    keepSessionWrite(deps.table, session),
    ...(hasFailures ? [forgetFailuresWrite(deps.table, username)] : []),
  ])
  const sessionsEnded = await endOthers(deps, username, sessionId)
  recordPasswordChange(deps, username, sessionsEnded)
  return sessionsEnded
}

/**
 * The password is changed already, and no other session can be refreshed any more: one whose access token cannot be
 * put on the denylist does not make the change untold.
 */
async function endOthers(deps: Deps, username: string, keptId: string): Promise<number> {
  const sessions = await listSessions(deps.db, deps.table, username, deps.now())
  let ended = 0
  for (const session of sessions.filter(({ id }) => id !== keptId)) {
    try {
      if (await endSession(deps, session, 'PASSWORD_CHANGED')) ended++
    } catch (error) {
      recordSessionKept(deps, username, session.id, error)
    }
  }
  return ended
}
