import type { Attack } from '../attack.ts'
import { cookieAttacks } from '../identity/cookies.ts'
import { accountAttacks } from '../identity/accounts.ts'
import { entityAttacks, matrixAttacks } from '../identity/matrix.ts'
import { ownEndAttacks } from '../identity/own-end.ts'
import { rotationAttacks } from '../identity/rotation.ts'
import { signatureAttacks } from '../identity/signatures.ts'
import { sessionAttacks } from '../identity/sessions.ts'
import { tokenAttacks } from '../identity/tokens.ts'
import { type IdentityWorld, openIdentityWorld } from '../identity/world.ts'

/** Attempts to act as another user. */
export const attacks: readonly Attack<IdentityWorld>[] = [
  ...tokenAttacks,
  ...sessionAttacks,
  ...ownEndAttacks,
  ...cookieAttacks,
  ...accountAttacks,
  ...signatureAttacks,
  ...matrixAttacks,
  ...entityAttacks,
  ...rotationAttacks,
]

export const open = openIdentityWorld
