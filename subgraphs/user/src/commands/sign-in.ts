import { toIso } from '@cnop/kit/clock'
import { transact } from '@cnop/kit/transact'
import type { Deps } from '../deps.ts'
import { readOfferedPassword } from '../domain/password.ts'
import type { AccessTokenLifetime, Session } from '../domain/session.ts'
import { readUsername } from '../domain/username.ts'
import { recordSignIn } from '../events.ts'
import { forgetFailuresWrite } from '../store/failures.ts'
import { listSessions, putSessionWrite } from '../store/sessions.ts'
import { confirmPasswordWrite } from '../store/users.ts'
import { startFamily } from '../tokens/refresh-token.ts'
import { checkPassword, type CheckedPassword } from './check-password.ts'
import { endSession } from './end-session.ts'
import { expiries, issueTokens, type SessionTokens } from './issue-tokens.ts'

export interface SignInInput {
  readonly username: string
  readonly password: string
  readonly lifetime?: AccessTokenLifetime | null
}

/** Checks a password and opens a session, on the condition that the password is still the one that was checked. */
export async function signIn(
  deps: Deps,
  input: SignInInput,
  userAgent: string | undefined,
): Promise<SessionTokens> {
  const username = readUsername(input.username)
  const password = readOfferedPassword('password', input.password)
  const checked = await checkPassword(deps, username, password)
  const { user } = checked.credentials
  const nowMs = deps.now()
  const { session, token } = planSession(deps, checked, input.lifetime ?? 'SHORT', nowMs, userAgent)
  await transact(deps.db, [
    confirmPasswordWrite(deps.table, checked.credentials, checked.rehashed),
    putSessionWrite(deps.table, session),
    ...(checked.hasFailures ? [forgetFailuresWrite(deps.table, username)] : []),
  ])
  recordSignIn(deps, username, session.id)
  await endSurplus(deps, username)
  return issueTokens(deps, { user, session, nowMs }, token)
}

function planSession(
  deps: Deps,
  { credentials: { user, generation } }: CheckedPassword,
  lifetime: AccessTokenLifetime,
  nowMs: number,
  userAgent: string | undefined,
): { session: Session; token: string } {
  const id = deps.newId('ses')
  const { token, refresh } = startFamily(user.username, id)
  const at = toIso(nowMs)
  const times = { createdAt: at, lastUsedAt: at, ...expiries(deps, lifetime, nowMs) }
  const { username } = user
  return { session: { id, username, lifetime, generation, userAgent, refresh, ...times }, token }
}

/** Keeps the number of sessions of a user bounded: the oldest end. */
async function endSurplus(deps: Deps, username: string): Promise<void> {
  const sessions = await listSessions(deps.db, deps.table, username, deps.now())
  for (const session of sessions.slice(deps.maxSessions)) {
    await endSession(deps, session, 'TOO_MANY')
  }
}
