import { transactKnowing } from '@cnop/kit/transact'
import { openAccountWrites } from '@cnop/ledger/command'
import type { Deps } from '../deps.ts'
import { EmailTaken, UsernameTaken } from '../domain/errors.ts'
import { planSignUp, type User } from '../domain/user.ts'
import { recordSignUp } from '../events.ts'
import type { SignUpInput } from '../generated/resolvers.ts'
import { hasPasswordHash, openUserWrites, readClaims } from '../store/users.ts'

/** Opens an account: the user, both claims and the ledger account are one transaction, so that exactly one of concurrent requests succeeds. */
export async function signUp(deps: Deps, input: SignUpInput, clientIp?: string): Promise<User> {
  const { user, password } = planSignUp(input, deps.now())
  const { isUsernameTaken, isEmailTaken } = await readClaims(deps.store, user)
  if (isUsernameTaken) throw new UsernameTaken()
  if (isEmailTaken) throw new EmailTaken()
  const passwordHash = await deps.hashLimiters.signUp(clientIp, () => deps.hasher.hash(password))
  const { username } = user
  const writes = [
    ...openUserWrites(deps.store.table, user, passwordHash),
    ...openAccountWrites(deps.ledger, username),
  ]
  await transactKnowing(deps.store.db, writes, () =>
    hasPasswordHash(deps.store, username, passwordHash),
  )
  recordSignUp(deps, user.username)
  return user
}
