import { describe, expect, it } from '@jest/globals'
import { createHasher, defaultHashCost } from './hasher.ts'

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

  it.each([
    [cheap, false],
    [{ ...cheap, memoryKib: 128 }, true],
    [{ ...cheap, passes: 2 }, true],
  ])('knows whether a hash was made at the cost of %j', async (cost, isOutdated) => {
    const hash = await (await createHasher(cheap)).hash('password')
    expect((await createHasher(cost)).isOutdated(hash)).toBe(isOutdated)
  })
})
