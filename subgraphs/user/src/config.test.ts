import { describe, expect, it } from '@jest/globals'
import { usd } from '@cnop/kit/money'
import { loadUserConfig } from './config.ts'
import { exportSigningKey, generateSigningKey } from './tokens/signing-keys.ts'

const keys = { USER_SEAL_KEYS: 'a:0123456789abcdef0123456789abcdef' }
const production = { ...keys, APP_PROFILE: 'production', STORE: 'aws', AWS_REGION: 'eu-west-1' }
const key = JSON.stringify(exportSigningKey(generateSigningKey()))

describe('loadUserConfig', () => {
  it('needs nothing but signing keys in development', () => {
    const config = loadUserConfig(keys)
    expect(config.keys.signingKey).toBeUndefined()
    expect(config.tokens.accessSeconds).toEqual({ SHORT: 600, LONG: 3_600 })
    expect(config.ledgerLimits).toEqual({
      deposit: usd('10000.00'),
      withdrawal: usd('5000.00'),
      redPocketHoldMs: 0,
    })
    expect(config.restEmailChange).toBe('direct')
    expect(config.demoPassword).toBe('Demo-Trader-2026!')
  })

  it('refuses to start in production without a key, and says what is missing', () => {
    expect(() => loadUserConfig(production)).toThrow(/^JWT_PRIVATE_KEY: must be set in production/)
    expect(loadUserConfig({ ...production, JWT_PRIVATE_KEY: key }).keys.signingKey).toBeDefined()
  })

  it('has no demo user in production, holds red pockets back for a week, and asks before it changes an address', () => {
    const config = loadUserConfig({ ...production, JWT_PRIVATE_KEY: key, SEED_DEMO_USER: 'true' })
    expect(config.demoPassword).toBeUndefined()
    expect(config.ledgerLimits.redPocketHoldMs).toBe(7 * 86_400_000)
    expect(config.restEmailChange).toBe('confirm')
  })

  it.each([
    ['0', 0],
    ['90s', 90_000],
    ['24h', 86_400_000],
    ['31d', 31 * 86_400_000],
  ])('reads a hold of %s', (RED_POCKET_HOLD, milliseconds) => {
    const config = loadUserConfig({ ...keys, RED_POCKET_HOLD })
    expect(config.ledgerLimits.redPocketHoldMs).toBe(milliseconds)
  })

  it.each(['7', '1w', '32d', '-1d', '1.5h'])('refuses a hold of %s', (RED_POCKET_HOLD) => {
    expect(() => loadUserConfig({ ...keys, RED_POCKET_HOLD })).toThrow(
      /RED_POCKET_HOLD: must be a length of time such as 24h or 7d, at most 31d, or 0/,
    )
  })

  it('names every variable that is wrong, and quotes no secret', () => {
    const wrong = {
      JWT_PRIVATE_KEY: 'hunter2',
      JWT_PREVIOUS_PUBLIC_KEYS: 'x',
      DAILY_DEPOSIT_LIMIT: '1.001',
    }
    const load = () => loadUserConfig({ ...wrong, ...keys, PASSWORD_HASH_MEMORY_KIB: '64' })
    expect(load).toThrow(/JWT_PRIVATE_KEY: must be a P-256 key/)
    expect(load).toThrow(/JWT_PREVIOUS_PUBLIC_KEYS: must be public P-256 keys/)
    expect(load).toThrow(/DAILY_DEPOSIT_LIMIT: amount: has more than 2 decimal places/)
    expect(load).toThrow(/PASSWORD_HASH_MEMORY_KIB/)
    expect(load).not.toThrow(/hunter2/)
  })
})
