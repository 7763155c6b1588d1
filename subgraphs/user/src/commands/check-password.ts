import type { Deps } from '../deps.ts'
import { SignInDelayed, UserNotFound, WrongPassword } from '../domain/errors.ts'
import { type OfferedPassword, readOfferedPassword } from '../domain/password.ts'
import { secondsUntilNextTry } from '../domain/sign-in-delay.ts'
import { recordSignInRefused } from '../events.ts'
import type { PasswordHasher } from '../passwords/hasher.ts'
import { countFailure, type Guess, readSignIn } from '../store/failures.ts'
import type { Credentials } from '../store/users.ts'

export interface CheckedPassword {
  readonly credentials: Credentials
  readonly hasFailures: boolean
  /** The same password, normalised and at today's cost, when the stored hash is of another form or cost. */
  readonly rehashed: string | undefined
}

/**
 * Checks a password. Callers run all of it inside one of the hash limiters: guesses at one account beyond its concurrency see
 * the failures of those before them. An unknown user costs the same calls and the same hash as a wrong password.
 */
export async function checkPassword(
  deps: Deps,
  guess: Guess,
  password: OfferedPassword,
): Promise<CheckedPassword> {
  const { store, hasher } = deps
  const { credentials, failures } = await readSignIn(store, guess, deps.now())
  const known = credentials && guess.username
  const wait = secondsUntilNextTry(failures, deps.now())
  if (wait > 0) {
    recordSignInRefused(deps, known, 'SIGN_IN_DELAYED')
    throw new SignInDelayed(wait)
  }
  const form = await findMatchingForm(hasher, credentials?.passwordHash, password)
  if (!credentials || !form) {
    await countFailure(store, guess, deps.now())
    const refusal = credentials ? new WrongPassword() : new UserNotFound()
    recordSignInRefused(deps, known, refusal.code)
    throw refusal
  }
  const isOutdated = form !== 'normalised' || hasher.isOutdated(credentials.passwordHash)
  const rehashed = isOutdated ? await hasher.hash(password.normalised) : undefined
  return { credentials, hasFailures: failures !== undefined, rehashed }
}

/** The form that a hash was made of; the text as typed is tried only where it differs, whether the user exists or not. */
async function findMatchingForm(
  hasher: PasswordHasher,
  passwordHash: string | undefined,
  { normalised, typed }: OfferedPassword,
): Promise<keyof OfferedPassword | undefined> {
  if (await hasher.verify(passwordHash, normalised)) return 'normalised'
  if (typed === normalised) return undefined
  return (await hasher.verify(passwordHash, typed)) ? 'typed' : undefined
}

/** Checks the password that a signed-in user repeats to change credentials; a refusal names the field. */
export async function checkCurrentPassword(
  deps: Deps,
  guess: Guess,
  text: string,
): Promise<CheckedPassword> {
  const password = readOfferedPassword('currentPassword', text)
  try {
    return await checkPassword(deps, guess, password)
  } catch (error) {
    throw error instanceof WrongPassword ? new WrongPassword('currentPassword') : error
  }
}
