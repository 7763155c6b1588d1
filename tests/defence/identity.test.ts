import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { cookieAttacks } from '../attack/identity/cookies.ts'
import { accountAttacks } from '../attack/identity/accounts.ts'
import { entityAttacks, matrixAttacks } from '../attack/identity/matrix.ts'
import { ownEndAttacks } from '../attack/identity/own-end.ts'
import { rotationAttacks } from '../attack/identity/rotation.ts'
import { signatureAttacks } from '../attack/identity/signatures.ts'
import { sessionAttacks } from '../attack/identity/sessions.ts'
import { tokenAttacks } from '../attack/identity/tokens.ts'
import { type IdentityWorld, openIdentityWorld } from '../attack/identity/world.ts'

/** The short form of `npm run attack -- --area identity`, without the longest attacks on the schema. */
const longOnes = [
  'owner × every field',
  '× every field beside',
  'signed refresh token',
  'wrong audience ×',
]

let world: IdentityWorld
beforeAll(async () => {
  world = await openIdentityWorld()
})
afterAll(() => world.stop())

describe.each([
  ['a token', tokenAttacks],
  ['a session', sessionAttacks],
  ['the rest of a document', ownEndAttacks],
  ['a cookie', cookieAttacks],
  ['an account', accountAttacks],
  ['a signature', signatureAttacks],
  ['a field', matrixAttacks],
  ['an entity', entityAttacks],
  ['a key', rotationAttacks],
])('%s', (_what, attacks) => {
  const short = attacks.filter(({ name }) => !longOnes.some((part) => name.includes(part)))

  it.each(short.map(({ name, run }) => [name, run] as const))('repels %s', async (_name, run) => {
    await expect(run(world)).resolves.toBeUndefined()
  })
})
