import { Contention, OutcomeUnknown } from '@cnop/kit/errors'
import { transact } from '@cnop/kit/transact'
import { UserNotFound } from '../domain/errors.ts'
import type { UserRole } from '../domain/user.ts'
import { readUsername } from '../domain/username.ts'
import { recordRole } from '../events.ts'
import { changeRoleWrite, CredentialsChanged, readCredentials } from '../store/users.ts'
import type { EndDeps } from './end-session.ts'
import { endSessions } from './end-sessions.ts'

const maxAttempts = 5

/**
 * Makes a user an administrator, or a customer again, and ends every session of theirs, for its tokens carry the role
 * of before. Gives the number of sessions that ended. The same role again ends them again, so that an interrupted
 * command can be repeated. There is no operation for it: an operator's command calls this.
 */
export async function grantRole(deps: EndDeps, username: string, role: UserRole): Promise<number> {
  const name = readUsername(username)
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    try {
      const sessionsEnded = await changeRole(deps, name, role)
      recordRole(deps, name, { role, sessionsEnded })
      return sessionsEnded
    } catch (error) {
      // An unknown outcome is retried: the change is idempotent.
      if (!(error instanceof CredentialsChanged || error instanceof OutcomeUnknown)) throw error
    }
  }
  throw new Contention()
}

async function changeRole(deps: EndDeps, username: string, role: UserRole): Promise<number> {
  const { store, now } = deps
  const credentials = await readCredentials(store, username)
  if (!credentials) throw new UserNotFound()
  return endSessions(deps, {
    username,
    reason: 'ROLE_CHANGED',
    commit: async (denials) => {
      await transact(store.db, [changeRoleWrite(store.table, credentials, role, now()), ...denials])
      return credentials.generation + 1n
    },
  })
}
