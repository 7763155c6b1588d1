import { Contention, OutcomeUnknown } from '@cnop/kit/errors'
import type { Actor } from '@cnop/kit/identity'
import { transact } from '@cnop/kit/transact'
import type { Deps } from '../deps.ts'
import { UserNotFound } from '../domain/errors.ts'
import { planProfileChange, type UpdateProfileInput, type User } from '../domain/user.ts'
import { recordProfileChange } from '../events.ts'
import { changeProfileWrites, ProfileChanged, readUsers } from '../store/users.ts'

const maxAttempts = 5

/** Changes personal data; a new e-mail address is claimed and the old one let go in the same transaction. */
export async function updateProfile(
  deps: Deps,
  { username }: Actor,
  input: UpdateProfileInput,
): Promise<User> {
  const change = planProfileChange(input, deps.now())
  let isUnknown = false
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    const user = await readUser(deps, username)
    try {
      await transact(deps.db, changeProfileWrites(deps.table, user, change, deps.now()))
    } catch (error) {
      // A change that may have been made is made again: it is the same change, and only one of the two fits.
      if (!(error instanceof ProfileChanged || error instanceof OutcomeUnknown)) throw error
      isUnknown ||= error instanceof OutcomeUnknown
      continue
    }
    recordProfileChange(deps, username, Object.keys(change))
    return readUser(deps, username)
  }
  throw isUnknown ? new OutcomeUnknown() : new Contention()
}

async function readUser(deps: Deps, username: string): Promise<User> {
  const [user] = await readUsers(deps.db, deps.table, [username])
  if (!user) throw new UserNotFound()
  return user
}
