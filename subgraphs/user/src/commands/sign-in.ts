import { toIso } from '@cnop/kit/clock'
import { Contention } from '@cnop/kit/errors'
import { transact } from '@cnop/kit/transact'
import type { Deps } from '../deps.ts'
import { addAccount, type Client, counterOf } from '../domain/device.ts'
import { type OfferedPassword, readOfferedPassword } from '../domain/password.ts'
import type { AccessTokenLifetime, Session } from '../domain/session.ts'
import { readUsername } from '../domain/username.ts'
import { recordSignIn } from '../events.ts'
import type { SignInInput } from '../generated/resolvers.ts'
import { forgetFailuresWrite, type Guess } from '../store/failures.ts'
import { listSessions, putSessionWrite } from '../store/sessions.ts'
import { confirmPasswordWrite, type Credentials, CredentialsChanged } from '../store/users.ts'
import { newDevice } from '../tokens/device-token.ts'
import { startFamily } from '../tokens/refresh-token.ts'
import { checkPassword } from './check-password.ts'
import { endSession } from './end-session.ts'
import { expiries, issueTokens, type SessionTokens } from './issue-tokens.ts'

interface SignIn {
  readonly guess: Guess
  readonly password: OfferedPassword
  readonly lifetime: AccessTokenLifetime
  readonly client: Client
}

const maxAttempts = 3

/**
 * Checks a password and opens a session, on the condition that the password and the role are still the ones that were
 * read. A device that signed in to the account before is not held back by the failures of others.
 */
export async function signIn(
  deps: Deps,
  input: SignInInput,
  client: Client,
): Promise<SessionTokens> {
  const username = readUsername(input.username)
  const password = readOfferedPassword('password', input.password)
  const device = await deps.devices.read(input.deviceToken)
  const guess: Guess = { username, counter: counterOf(device, username) }
  const lifetime = input.lifetime ?? 'SHORT'
  const opened = await openSession(deps, { guess, password, lifetime, client })
  recordSignIn(deps, username, opened.session.id)
  await endSurplus(deps, username)
  const known = addAccount(device ?? newDevice(), username)
  return issueTokens(deps, { ...opened, device: known })
}

/** Retries when the password was rehashed, or the role changed, between the check and the write. */
async function openSession(deps: Deps, signIn: SignIn) {
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    try {
      return await tryOpen(deps, signIn)
    } catch (error) {
      if (!(error instanceof CredentialsChanged)) throw error
    }
  }
  throw new Contention()
}

async function tryOpen(deps: Deps, signIn: SignIn) {
  const { guess, password, client } = signIn
  const checked = await deps.hashLimiters.signIn(client.clientIp, () =>
    checkPassword(deps, guess, password),
  )
  const nowMs = deps.now()
  const { lifetime } = signIn
  const { session, refreshToken } = planSession(
    deps,
    { ...checked.credentials, lifetime, userAgent: client.userAgent },
    nowMs,
  )
  await transact(deps.store.db, [
    confirmPasswordWrite(deps.store.table, checked.credentials, checked.rehashed),
    putSessionWrite(deps.store.table, session),
    ...(checked.hasFailures ? [forgetFailuresWrite(deps.store.table, guess)] : []),
  ])
  return { user: checked.credentials.user, session, refreshToken, nowMs }
}

interface NewSession extends Pick<Credentials, 'user' | 'generation'> {
  readonly lifetime: AccessTokenLifetime
  readonly userAgent: string | undefined
  /** What its id begins with. */
  readonly prefix?: string
}

export function planSession(
  deps: Deps,
  { user, generation, lifetime, userAgent, prefix = 'ses' }: NewSession,
  nowMs: number,
): { session: Session; refreshToken: string } {
  const { username } = user
  const id = deps.newId(prefix)
  const { token, refresh } = startFamily(username, id)
  const createdAt = toIso(nowMs)
  const times = {
    createdAt,
    lastUsedAt: createdAt,
    ...expiries(deps, { id, createdAt, lifetime }, nowMs),
  }
  const session = { id, username, lifetime, generation, userAgent, refresh, ...times }
  return { session, refreshToken: token }
}

/** Keeps the number of sessions of a user bounded: the oldest end. */
async function endSurplus(deps: Deps, username: string): Promise<void> {
  const sessions = await listSessions(deps.store, username, deps.now())
  for (const session of sessions.slice(deps.maxSessions)) {
    await endSession(deps, session, 'TOO_MANY')
  }
}
