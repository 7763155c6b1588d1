import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { beginImport, finishImport, planImportedUser } from './commands/import-user.ts'
import { readCredentials } from './store/users.ts'
import { callSessions, codeOf, wrongPassword } from './testing/session-calls.ts'
import { goodPassword, startUserWorld, type Tokens, type UserWorld } from './testing/user-world.ts'

let world: UserWorld
beforeAll(async () => {
  world = await startUserWorld({ maxSessions: 3 })
})
afterAll(() => world.stop())

const { trySignIn, refreshed, listIds } = callSessions(() => world)

describe('signing in', () => {
  it('issues an access token that the published keys verify', async () => {
    await world.signUp('token_user')
    const { accessToken, expiresInSeconds } = await world.signIn('token_user')
    const jwks = JSON.parse(
      (await world.subgraph.routes['/internal/jwks']?.(new URLSearchParams())) ?? '',
    ) as JSONWebKeySet
    expect(JSON.stringify(jwks)).not.toContain('"d"')
    const { payload, protectedHeader } = await jwtVerify(accessToken, createLocalJWKSet(jwks), {
      algorithms: ['ES256'],
      issuer: 'cnop',
      audience: 'cnop-api',
      currentDate: new Date(world.clock.now()),
    })
    const issuedAt = world.clock.now() / 1_000
    expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'JWT', kid: jwks.keys[0]?.kid })
    expect(payload).toEqual({
      sub: 'token_user',
      role: 'customer',
      typ: 'access',
      sid: expect.stringMatching(/^ses_/),
      jti: expect.any(String),
      iss: 'cnop',
      aud: 'cnop-api',
      iat: issuedAt,
      nbf: issuedAt,
      exp: issuedAt + 600,
    })
    expect(expiresInSeconds).toBe(600)
  })

  it('issues long-lived tokens on request, also on refresh', async () => {
    const { data } = await trySignIn('token_user', goodPassword, { lifetime: 'LONG' })
    const tokens = data?.['signIn'] as Tokens
    expect(tokens.expiresInSeconds).toBe(3_600)
    expect((await refreshed(tokens.refreshToken)).expiresInSeconds).toBe(3_600)
  })

  it('accepts a password of the previous system, and replaces its hash', async () => {
    const legacy = {
      ...{
        username: 'legacy_ada',
        email: 'ada@example.org',
        firstName: 'Ada',
        lastName: 'Lovelace',
      },
      ...{ phone: undefined, dateOfBirth: undefined, marketingConsent: false },
      ...{ createdAt: '2025-06-01T10:00:00.000Z', updatedAt: '2025-06-01T10:00:00.000Z' },
    }
    const imported = planImportedUser(legacy, world.clock.now())
    await beginImport(world.deps, imported)
    expect(codeOf(await trySignIn('legacy_ada', 'Legacy-Pass-2025!'))).toBe('USER_NOT_FOUND')
    const hash = '$2b$04$zRm1FGVYOGoQr8L/PHlPMOyon.bpcJ/j83TO6YVB17/S9qfXFPaTy'
    await finishImport(world.deps, imported, hash)
    expect(codeOf(await trySignIn('legacy_ada', wrongPassword))).toBe('WRONG_PASSWORD')
    expect((await trySignIn('legacy_ada', 'Legacy-Pass-2025!')).errors).toBeUndefined()
    const credentials = await readCredentials(world.deps.store, 'legacy_ada')
    expect(credentials?.passwordHash).toMatch(/^\$argon2id\$/)
    expect((await trySignIn('legacy_ada', 'Legacy-Pass-2025!')).errors).toBeUndefined()
  })

  it('distinguishes an unknown user from a wrong password, for the router to merge', async () => {
    await world.signUp('known_user')
    expect(codeOf(await trySignIn('known_user', wrongPassword))).toBe('WRONG_PASSWORD')
    expect(codeOf(await trySignIn('nobody_here', wrongPassword))).toBe('USER_NOT_FOUND')
    expect(codeOf(await trySignIn('x', wrongPassword))).toBe('BAD_USER_INPUT')
    expect(codeOf(await trySignIn('known_user', ''))).toBe('BAD_USER_INPUT')
  })

  it.each(['delayed_user', 'delayed_nobody'])(
    'delays %s after the fifth failure, and doubles it',
    async (username) => {
      if (username === 'delayed_user') await world.signUp(username)
      for (let failure = 1; failure <= 5; failure++) await trySignIn(username, wrongPassword)
      const delayed = await trySignIn(username)
      expect(delayed.errors?.[0]?.extensions).toMatchObject({
        code: 'SIGN_IN_DELAYED',
        details: { retryAfterSeconds: '1' },
      })
      world.clock.advance(1_000)
      expect(codeOf(await trySignIn(username, wrongPassword))).not.toBe('SIGN_IN_DELAYED')
      const again = await trySignIn(username)
      expect(again.errors?.[0]?.extensions.details).toEqual({ retryAfterSeconds: '2' })
    },
  )

  it('resets failures on the first success, and an hour after the last', async () => {
    await world.signUp('forgiven_user')
    const fail = async (times: number) => {
      for (let failure = 1; failure <= times; failure++)
        await trySignIn('forgiven_user', wrongPassword)
    }
    await fail(4)
    await world.signIn('forgiven_user')
    await fail(4)
    expect(codeOf(await trySignIn('forgiven_user', wrongPassword))).toBe('WRONG_PASSWORD')
    world.clock.advance(3_601_000)
    await fail(4)
    expect(codeOf(await trySignIn('forgiven_user'))).toBeUndefined()
  })

  it('ends the oldest session when a user has too many', async () => {
    await world.signUp('many_sessions')
    const opened: string[] = []
    for (let session = 1; session <= 4; session++) {
      world.clock.advance(1_000)
      opened.push((await world.signIn('many_sessions')).actor.sessionId)
    }
    const { actor } = await world.signIn('many_sessions')
    expect(await listIds(actor)).toEqual([actor.sessionId, opened[3], opened[2]])
  })
})
