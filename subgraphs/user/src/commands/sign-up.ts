import { isGuestName } from '@cnop/kit/demo'
import { BadInput } from '@cnop/kit/errors'
import { type Write, transactKnowing } from '@cnop/kit/transact'
import { openAccountWrites } from '@cnop/ledger/command'
import type { Deps } from '../deps.ts'
import { EmailTaken, UsernameTaken } from '../domain/errors.ts'
import { planSignUp, type User } from '../domain/user.ts'
import { recordSignUp } from '../events.ts'
import type { SignUpInput } from '../generated/resolvers.ts'
import { hasPasswordHash, openUserWrites, readClaims } from '../store/users.ts'

export async function signUp(deps: Deps, input: SignUpInput, clientIp?: string): Promise<User> {
  const planned = planSignUp(input, deps.now())
  if (isGuestName(planned.user.username)) {
    throw new BadInput('username', 'is of a form that is kept for guests')
  }
  return openAccount(deps, planned, { clientIp })
}

interface Opening {
  readonly clientIp?: string | undefined
  /** Written in the same transaction. */
  readonly alongside?: readonly Write[]
}

/** Opens an account: the user, both claims and the ledger account are one transaction, so that exactly one of concurrent requests succeeds. */
export async function openAccount(
  deps: Deps,
  { user, password }: ReturnType<typeof planSignUp>,
  { clientIp, alongside = [] }: Opening = {},
): Promise<User> {
  const { isUsernameTaken, isEmailTaken } = await readClaims(deps.store, user)
  if (isUsernameTaken) throw new UsernameTaken()
  if (isEmailTaken) throw new EmailTaken()
  const passwordHash = await deps.hashLimiters.signUp(clientIp, () => deps.hasher.hash(password))
  const { username, createdAt } = user
  const writes = [
    ...openUserWrites(deps.store.table, user, passwordHash),
    ...openAccountWrites(deps.ledger, username, createdAt),
    ...alongside,
  ]
  await transactKnowing(deps.store.db, writes, () =>
    hasPasswordHash(deps.store, username, passwordHash),
  )
  recordSignUp(deps, username)
  return user
}
