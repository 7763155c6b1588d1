import type { Deps } from '../deps.ts'
import type { UserRole } from '../domain/user.ts'
import { readUsername } from '../domain/username.ts'
import { recordRole } from '../events.ts'
import { saveRole } from '../store/users.ts'

/** Makes a user an administrator, or a customer again. There is no operation for it: an operator's command calls this. */
export async function grantRole(
  deps: Pick<Deps, 'db' | 'table' | 'log'>,
  username: string,
  role: UserRole,
): Promise<void> {
  const name = readUsername(username)
  await saveRole(deps.db, deps.table, name, role)
  recordRole(deps, name, role)
}
