import { isGuestSession } from '@cnop/kit/demo'
import { BadInput, Contention, OutcomeUnknown } from '@cnop/kit/errors'
import type { Actor } from '@cnop/kit/identity'
import { transact, type Write } from '@cnop/kit/transact'
import type { Deps } from '../deps.ts'
import { GuestHasNoPassword, UserNotFound } from '../domain/errors.ts'
import { planProfileChange, type ProfileChange, type User } from '../domain/user.ts'
import { recordProfileChange } from '../events.ts'
import type { UpdateProfileInput } from '../generated/resolvers.ts'
import { forgetFailuresWrite, type Guess } from '../store/failures.ts'
import {
  changeProfileWrites,
  type Credentials,
  ProfileChanged,
  readCredentials,
} from '../store/users.ts'
import { checkCurrentPassword, type CheckedPassword } from './check-password.ts'

const maxAttempts = 5

interface ProfileRequest {
  readonly input: UpdateProfileInput
  /** The API of the caller; undefined for GraphQL. */
  readonly api: 'rest' | undefined
  readonly clientIp: string | undefined
}

/**
 * Changes personal data; a new e-mail address is claimed and the old one released in the same transaction. Over GraphQL
 * a new address needs the current password, and wrong ones count like failed sign-ins. The legacy REST contract has no
 * field for it: REST changes the address without one, or not at all, by configuration.
 */
export async function updateProfile(
  deps: Deps,
  { username, sessionId }: Actor,
  request: ProfileRequest,
): Promise<User> {
  const change = planProfileChange(request.input, deps.now())
  // Failures are counted for this session only, which was opened with the right password.
  const guess: Guess = { username, counter: { kind: 'session', id: sessionId } }
  let isUnknown = false
  let checked: CheckedPassword | undefined
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    const credentials = await findCredentials(deps, username)
    checked = await permitChange(
      deps,
      { ...request, guess },
      { credentials, change, earlier: checked },
    )
    try {
      await transact(
        deps.store.db,
        writesOf(deps, { user: credentials.user, change, checked, guess }),
      )
    } catch (error) {
      // An unknown outcome is retried: the change is the same, and its condition holds only once.
      if (!(error instanceof ProfileChanged || error instanceof OutcomeUnknown)) throw error
      isUnknown ||= error instanceof OutcomeUnknown
      continue
    }
    recordProfileChange(deps, username, Object.keys(change))
    return (await findCredentials(deps, username)).user
  }
  throw isUnknown ? new OutcomeUnknown() : new Contention()
}

interface Permission {
  readonly credentials: Credentials
  readonly change: ProfileChange
  /** The check that an earlier attempt made. */
  readonly earlier: CheckedPassword | undefined
}

/** The password check that a new address rests on; it is made once, and again when the password was changed meanwhile. */
async function permitChange(
  deps: Deps,
  { input, api, clientIp, guess }: ProfileRequest & { readonly guess: Guess },
  { credentials: { user, passwordHash }, change, earlier }: Permission,
): Promise<CheckedPassword | undefined> {
  if (change.email === undefined || change.email === user.email) return undefined
  if (guess.counter.kind === 'session' && isGuestSession({ sessionId: guess.counter.id })) {
    throw new GuestHasNoPassword()
  }
  if (api === 'rest') {
    if (deps.restEmailChange === 'direct') return undefined
    throw new BadInput('email', 'cannot be changed over REST; change it in the dashboard')
  }
  const { currentPassword } = input
  if (currentPassword == null) {
    throw new BadInput('currentPassword', 'is required to change the e-mail address')
  }
  if (earlier?.credentials.passwordHash === passwordHash) return earlier
  return deps.hashLimiters.passwordChange(clientIp, () =>
    checkCurrentPassword(deps, guess, currentPassword),
  )
}

interface Planned {
  readonly user: User
  readonly change: ProfileChange
  readonly checked: CheckedPassword | undefined
  readonly guess: Guess
}

const writesOf = (
  { store: { table }, now }: Deps,
  { user, change, checked, guess }: Planned,
): readonly Write[] => [
  ...changeProfileWrites(table, user, change, { nowMs: now(), checked }),
  ...(checked?.hasFailures ? [forgetFailuresWrite(table, guess)] : []),
]

async function findCredentials({ store }: Deps, username: string): Promise<Credentials> {
  const credentials = await readCredentials(store, username)
  if (!credentials) throw new UserNotFound()
  return credentials
}
