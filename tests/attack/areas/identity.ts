import type { Attack } from '../attack.ts'
import { cookieAttacks } from '../identity/cookies.ts'
import { accountAttacks } from '../identity/accounts.ts'
import { entityAttacks, matrixAttacks } from '../identity/matrix.ts'
import { rotationAttacks } from '../identity/rotation.ts'
import { sealAttacks } from '../identity/seals.ts'
import { sessionAttacks } from '../identity/sessions.ts'
import { tokenAttacks } from '../identity/tokens.ts'
import { type IdentityWorld, openIdentityWorld } from '../identity/world.ts'

/** Everything that tries to be somebody else. */
export const attacks: readonly Attack<IdentityWorld>[] = [
  ...tokenAttacks,
  ...sessionAttacks,
  ...cookieAttacks,
  ...accountAttacks,
  ...sealAttacks,
  ...matrixAttacks,
  ...entityAttacks,
  ...rotationAttacks,
]

export const open = openIdentityWorld
