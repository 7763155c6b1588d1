import { OutcomeUnknown } from '@cnop/kit/errors'
import { transact } from '@cnop/kit/transact'
import { openAccountWrites } from '@cnop/ledger/command'
import type { Deps } from '../deps.ts'
import { EmailTaken, UsernameTaken } from '../domain/errors.ts'
import { planSignUp, type SignUpInput, type User } from '../domain/user.ts'
import { recordSignUp } from '../events.ts'
import { isOpenedWith, openUserWrites, readClaims } from '../store/users.ts'

/** Opens an account: the user, both claims and the ledger account are one transaction, so that a race has one winner. */
export async function signUp(deps: Deps, input: SignUpInput): Promise<User> {
  const { user, password } = planSignUp(input, deps.now())
  const { isUsernameTaken, isEmailTaken } = await readClaims(deps.db, deps.table, user)
  if (isUsernameTaken) throw new UsernameTaken()
  if (isEmailTaken) throw new EmailTaken()
  const passwordHash = await deps.hashGate(() => deps.hasher.hash(password))
  await openOnce(deps, user, passwordHash)
  recordSignUp(deps, user.username)
  return user
}

const maxAttempts = 5

/**
 * Writes the account. When a reply is lost, the same writes are sent again: they fit only once, and the salted hash of
 * the password tells whether the account that stands in their way is the one that this very sign-up has made.
 */
async function openOnce(deps: Deps, user: User, passwordHash: string): Promise<void> {
  const writes = [
    ...openUserWrites(deps.table, user, passwordHash),
    ...openAccountWrites(deps.ledger, user.username),
  ]
  let isUnknown = false
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    try {
      await transact(deps.db, writes)
      return
    } catch (error) {
      if (!isUnknown && !(error instanceof OutcomeUnknown)) throw error
      isUnknown = true
      if (await isOpenedWith(deps.db, deps.table, user.username, passwordHash)) return
      if (!(error instanceof OutcomeUnknown)) throw error
    }
  }
  throw new OutcomeUnknown()
}
