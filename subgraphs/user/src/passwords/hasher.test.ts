import { describe, expect, it } from '@jest/globals'
import { createHasher, defaultHashCost, importedHash } from './hasher.ts'

/** Of `Legacy-Pass-2025!`, as Python's bcrypt writes it. */
const importedExample = '$2b$04$zRm1FGVYOGoQr8L/PHlPMOyon.bpcJ/j83TO6YVB17/S9qfXFPaTy'

const cheap = { memoryKib: 64, passes: 1, lanes: 1 }

describe('createHasher', () => {
  it('hashes with argon2id at 19 MiB, two passes and one lane', async () => {
    const hasher = await createHasher(defaultHashCost)
    expect(await hasher.hash('password')).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  })

  it('verifies the very text that was hashed', async () => {
    const hasher = await createHasher(cheap)
    const hash = await hasher.hash(' Pass word ')
    expect(await hasher.verify(hash, ' Pass word ')).toBe(true)
    expect(await hasher.verify(hash, 'Pass word')).toBe(false)
    expect(await hasher.hash(' Pass word ')).not.toBe(hash)
  })

  it('returns false for an unknown name', async () => {
    expect(await (await createHasher(cheap)).verify(undefined, 'password')).toBe(false)
  })

  it('verifies a bcrypt hash of the previous system, and calls it outdated', async () => {
    for (const cost of [cheap, { ...cheap, bcryptDecoy: 4 }]) {
      const hasher = await createHasher(cost)
      expect(await hasher.verify(importedExample, 'Legacy-Pass-2025!')).toBe(true)
      expect(await hasher.verify(importedExample, 'Legacy-Pass-2026!')).toBe(false)
      expect(hasher.isOutdated(importedExample)).toBe(true)
      expect(await hasher.verify(await hasher.hash('password'), 'password')).toBe(true)
      expect(await hasher.verify(undefined, 'password')).toBe(false)
    }
  })

  it('imports hashes of a bounded cost only', () => {
    expect(importedExample).toMatch(importedHash)
    expect(importedExample.replace('$04$', '$31$')).not.toMatch(importedHash)
    expect('[HASHED]').not.toMatch(importedHash)
  })

  it.each([
    [cheap, false],
    [{ ...cheap, memoryKib: 128 }, true],
    [{ ...cheap, passes: 2 }, true],
  ])('knows whether a hash was made at the cost of %j', async (cost, isOutdated) => {
    const hash = await (await createHasher(cheap)).hash('password')
    expect((await createHasher(cost)).isOutdated(hash)).toBe(isOutdated)
  })
})
