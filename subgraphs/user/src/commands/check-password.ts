import type { Deps } from '../deps.ts'
import { SignInDelayed, UserNotFound, WrongPassword } from '../domain/errors.ts'
import { secondsUntilNextTry } from '../domain/sign-in-delay.ts'
import { recordSignInRefused } from '../events.ts'
import { countFailure, readSignIn } from '../store/failures.ts'
import type { Credentials } from '../store/users.ts'

export interface CheckedPassword {
  readonly credentials: Credentials
  readonly hasFailures: boolean
  /** The same password at today's cost, when it was hashed at another one. */
  readonly rehashed: string | undefined
}

/**
 * Checks a password. All of it happens inside the gate: guesses at one account beyond the gate's width see the failures
 * of those before them. An unknown user costs the same calls and the same hash as a wrong password.
 */
export function checkPassword(
  deps: Deps,
  username: string,
  password: string,
): Promise<CheckedPassword> {
  return deps.hashGate(async () => {
    const { db, table, hasher } = deps
    const { credentials, failures } = await readSignIn(db, table, username, deps.now())
    const wait = secondsUntilNextTry(failures, deps.now())
    if (wait > 0) {
      recordSignInRefused(deps, credentials && username, 'SIGN_IN_DELAYED')
      throw new SignInDelayed(wait)
    }
    const isRight = await hasher.verify(credentials?.passwordHash, password)
    if (!credentials || !isRight) {
      await countFailure(db, table, username, deps.now())
      const refusal = credentials ? new WrongPassword() : new UserNotFound()
      recordSignInRefused(deps, credentials && username, refusal.code)
      throw refusal
    }
    const isOutdated = hasher.isOutdated(credentials.passwordHash)
    const rehashed = isOutdated ? await hasher.hash(password) : undefined
    return { credentials, hasFailures: failures !== undefined, rehashed }
  })
}
