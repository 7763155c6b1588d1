import { OutcomeUnknown } from '@cnop/kit/errors'
import { transact, type Write } from '@cnop/kit/transact'
import type { Deps } from '../deps.ts'
import { hasPasswordHash } from '../store/users.ts'

const maxAttempts = 5

interface NewPassword {
  readonly username: string
  readonly passwordHash: string
}

/**
 * Writes that put a new password in force. When a reply is lost, the same writes are sent again: their conditions hold only once, and
 * the salted hash shows whether this command already wrote the conflicting row.
 */
export async function writePassword(
  { store }: Pick<Deps, 'store'>,
  { username, passwordHash }: NewPassword,
  writes: readonly Write[],
): Promise<void> {
  let isUnknown = false
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    try {
      await transact(store.db, writes)
      return
    } catch (error) {
      if (!isUnknown && !(error instanceof OutcomeUnknown)) throw error
      isUnknown = true
      if (await hasPasswordHash(store, username, passwordHash)) return
      if (!(error instanceof OutcomeUnknown)) throw error
    }
  }
  throw new OutcomeUnknown()
}
