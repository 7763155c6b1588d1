import { describe, expect, it } from '@jest/globals'
import { loadCnyConfig } from './config.ts'
import {
  claimWith,
  clock,
  codeOf,
  newKey,
  openProcess,
  phrase,
  redPocketOf,
  secret,
  useCnyWorld,
} from './testing/cny-world.ts'

useCnyWorld()

describe('the protection against accounts that are opened for their red pocket', () => {
  it('refuses an account below the minimum age, and says from when it may', async () => {
    const strict = await openProcess({ RED_POCKET_MIN_AGE: '24h' })
    const refused = await claimWith(phrase, newKey(), 'alice_1', strict)
    expect(codeOf(refused)).toBe('ACCOUNT_TOO_NEW')
    expect(refused.errors?.[0]?.extensions.details).toMatchObject({
      availableAt: '2026-02-18T10:00:00.000Z',
    })
    const shown = (await redPocketOf('alice_1', 'alice_1', strict)).data as unknown
    expect(shown).toMatchObject({
      _entities: [{ redPocket: { claimedToday: false, nextClaimAt: '2026-02-18T10:00:00.000Z' } }],
    })
    clock.advance(86_399_999)
    expect(codeOf(await claimWith(phrase, newKey(), 'alice_1', strict))).toBe('ACCOUNT_TOO_NEW')
    clock.advance(1)
    expect(codeOf(await claimWith(phrase, newKey(), 'alice_1', strict))).toBeUndefined()
    await strict.close()
  })

  it('says from when the money can be withdrawn', async () => {
    const holding = await openProcess({ RED_POCKET_HOLD: '7d' })
    const { data } = await claimWith(phrase, newKey(), 'alice_1', holding)
    expect(data?.claimRedPocket).toMatchObject({ withdrawableAt: '2026-02-24T10:00:00.000Z' })
    await holding.close()
  })

  it('can be switched off: none is granted, and an earlier claim is still returned under its key', async () => {
    const key = newKey()
    const opened = await claimWith(phrase, key)
    const closed = await openProcess({ RED_POCKET: 'false' })
    expect(codeOf(await claimWith(phrase, newKey(), 'bobby_1', closed))).toBe('RED_POCKET_CLOSED')
    expect(await claimWith(phrase, key, 'alice_1', closed)).toEqual(opened)
    const shown = (await redPocketOf('bobby_1', 'bobby_1', closed)).data as unknown
    expect(shown).toMatchObject({
      _entities: [{ redPocket: { isOffered: false, canClaim: false } }],
    })
    await closed.close()
  })

  it('differs by profile', () => {
    const keys = { CNY_SEAL_KEYS: `test:${secret}` }
    const production = loadCnyConfig({
      ...keys,
      APP_PROFILE: 'production',
      STORE: 'aws',
      AWS_REGION: 'eu-west-1',
    })
    expect(loadCnyConfig(keys)).toMatchObject({ isOffered: true, minAgeMs: 0, holdMs: 0 })
    expect(production).toMatchObject({ minAgeMs: 86_400_000, holdMs: 7 * 86_400_000 })
  })
})
