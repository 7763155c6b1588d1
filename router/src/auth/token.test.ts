import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { SignJWT } from 'jose'
import { bearerToken, verifyToken } from './token.ts'

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const rules = { issuer: 'cnop', audience: 'cnop-api' }
const now = 1_800_000_000

/** The result for a token with these times, in seconds from now. */
async function outcome(times: { iat?: number; nbf?: number; exp?: number }): Promise<string> {
  const { iat = 0, nbf = 0, exp = 600 } = times
  const token = await new SignJWT({
    sub: 'ada_lovelace',
    sid: 'ses_1',
    jti: 'tok_1',
    typ: 'access',
    iss: rules.issuer,
    aud: rules.audience,
    iat: now + iat,
    nbf: now + nbf,
    exp: now + exp,
  })
    .setProtectedHeader({ alg: 'ES256' })
    .sign(privateKey)
  const verified = await verifyToken(token, () => publicKey, rules, now * 1000)
  return 'refused' in verified ? verified.refused : verified.actor.username
}

describe('verifyToken', () => {
  it.each([
    ['of this second', {}],
    ['of an issuer whose clock is five seconds ahead', { iat: 5, nbf: 5 }],
    ['in its last second', { exp: 1 }],
  ])('accepts a token %s', async (_what, times) => {
    expect(await outcome(times)).toBe('ada_lovelace')
  })

  it.each([
    ['issued more than five seconds from now', { iat: 6 }],
    ['valid from more than five seconds from now', { nbf: 6 }],
    ['that expires this second', { exp: 0 }],
    ['that expired within the leeway', { exp: -3 }],
  ])('refuses a token %s', async (_what, times) => {
    expect(await outcome(times)).not.toBe('ada_lovelace')
  })
})

describe('bearerToken', () => {
  it.each(['Bearer a.b.c', 'bearer a.b.c', 'BEARER a.b.c', 'bEaReR   a.b.c', ' Bearer a.b.c '])(
    'reads %j',
    (header) => {
      expect(bearerToken(header)).toBe('a.b.c')
    },
  )

  it.each([
    '',
    'Bearer',
    'Bearer ',
    'a.b.c',
    'Basic a.b.c',
    'Bearer a b',
    'Bearera.b.c',
    'Bearer\ta',
  ])('finds %j malformed', (header) => {
    expect(bearerToken(header)).toBeNull()
  })

  it('finds nothing without a header', () => {
    expect(bearerToken(undefined)).toBeUndefined()
  })
})
