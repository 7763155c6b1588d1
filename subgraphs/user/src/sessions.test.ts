import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { sessionsEndedChannel } from './commands/end-session.ts'
import { grantRole } from './commands/grant-role.ts'
import { listEndedSessions } from './store/ended-sessions.ts'
import {
  actorOf,
  goodPassword,
  refreshMutation,
  signInMutation,
  startUserWorld,
  type Tokens,
  type UserWorld,
} from './testing/user-world.ts'

let world: UserWorld
beforeAll(async () => {
  world = await startUserWorld({ maxSessions: 3 })
})
afterAll(() => world.stop())

const wrongPassword = 'Wrong-Horse-4242'

const trySignIn = (username: string, password = goodPassword, lifetime?: string) =>
  world.call(signInMutation, { input: { username, password, lifetime } })

const codeOf = (answer: Awaited<ReturnType<typeof trySignIn>>) =>
  answer.errors?.[0]?.extensions.code

async function refresh(token: string): Promise<Tokens | string | undefined> {
  const answer = await world.call(refreshMutation, { token })
  return answer.data ? (answer.data['refreshSession'] as Tokens) : codeOf(answer)
}

async function refreshed(token: string): Promise<Tokens> {
  const tokens = await refresh(token)
  if (typeof tokens !== 'object') throw new Error(`The refresh was refused: ${tokens}`)
  return tokens
}

const sessionsQuery = '{ me { sessions { id isCurrent userAgent createdAt } } }'

async function listIds(actor: ReturnType<typeof actorOf>): Promise<string[]> {
  const { data } = await world.call(sessionsQuery, {}, actor)
  const { sessions } = data?.['me'] as { sessions: { id: string }[] }
  return sessions.map(({ id }) => id)
}

async function listDenied(): Promise<string[]> {
  const ended = await listEndedSessions(world.store.db, 'users', world.clock.now() - 1_000)
  return ended.map(({ sessionId }) => sessionId)
}

describe('signing in', () => {
  it('issues an access token that the published keys verify', async () => {
    await world.signUp('token_user')
    const { accessToken, expiresInSeconds } = await world.signIn('token_user')
    const jwks = JSON.parse(
      (await world.subgraph.routes['/internal/jwks']?.()) ?? '',
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

  it('issues long-lived tokens to whom asks for them, also when they are refreshed', async () => {
    const { data } = await trySignIn('token_user', goodPassword, 'LONG')
    const tokens = data?.['signIn'] as Tokens
    expect(tokens.expiresInSeconds).toBe(3_600)
    expect((await refreshed(tokens.refreshToken)).expiresInSeconds).toBe(3_600)
  })

  it('tells an unknown user from a wrong password, for the router to merge', async () => {
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

  it('forgets the failures with the first success, and an hour after the last', async () => {
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

describe('refreshing', () => {
  it('spends the token, answers a repeat within ten seconds alike, and ends the session after that', async () => {
    await world.signUp('refresher')
    const first = await world.signIn('refresher')
    world.clock.advance(60_000)
    const second = await refreshed(first.refreshToken)
    expect(second.refreshToken).not.toBe(first.refreshToken)
    expect(actorOf(second.accessToken)).toEqual(first.actor)
    world.clock.advance(9_999)
    const repeated = await refreshed(first.refreshToken)
    expect(repeated.refreshToken).toBe(second.refreshToken)
    world.clock.advance(1)
    expect(await refresh(first.refreshToken)).toBe('SESSION_ENDED')
    expect(await refresh(second.refreshToken)).toBe('SESSION_ENDED')
    expect(await listDenied()).toContain(first.actor.sessionId)
  })

  it('gives tabs that refresh at the same moment the same successor', async () => {
    await world.signUp('many_tabs')
    const { refreshToken } = await world.signIn('many_tabs')
    const tabs = await Promise.all(Array.from({ length: 10 }, () => refreshed(refreshToken)))
    expect(new Set(tabs.map((tab) => tab.refreshToken)).size).toBe(1)
    expect(await refresh(tabs[0]!.refreshToken)).toHaveProperty('accessToken')
  })

  it('ends the session when a token before the last one is used, even at once', async () => {
    await world.signUp('old_token')
    const first = await world.signIn('old_token')
    const second = await refreshed(first.refreshToken)
    await refreshed(second.refreshToken)
    expect(await refresh(first.refreshToken)).toBe('SESSION_ENDED')
    expect(await listDenied()).toContain(first.actor.sessionId)
  })

  it('refuses what is no token of the session, and leaves the session alone', async () => {
    await world.signUp('guessed_at')
    const { refreshToken } = await world.signIn('guessed_at')
    const [username, sessionId, , secret] = refreshToken.split('.')
    const family = 'A'.repeat(22)
    expect(await refresh([username, sessionId, family, secret].join('.'))).toBe('SESSION_ENDED')
    expect(await refresh('anything')).toBe('SESSION_ENDED')
    expect(await refresh(refreshToken)).toHaveProperty('accessToken')
  })

  it('keeps a session alive as long as it is used, and no longer', async () => {
    await world.signUp('long_runner')
    const dayMs = 86_400_000
    let { refreshToken } = await world.signIn('long_runner')
    world.clock.advance(29 * dayMs)
    refreshToken = (await refreshed(refreshToken)).refreshToken
    world.clock.advance(29 * dayMs)
    refreshToken = (await refreshed(refreshToken)).refreshToken
    world.clock.advance(30 * dayMs)
    expect(await refresh(refreshToken)).toBe('SESSION_ENDED')
  })

  it('carries a role that was granted meanwhile', async () => {
    await world.signUp('new_admin')
    const first = await world.signIn('new_admin')
    expect(first.actor.role).toBe('customer')
    await grantRole(world.deps, 'NEW_ADMIN', 'ADMIN')
    const { accessToken } = await refreshed(first.refreshToken)
    expect(actorOf(accessToken).role).toBe('admin')
    await expect(grantRole(world.deps, 'nobody_here', 'ADMIN')).rejects.toMatchObject({
      code: 'USER_NOT_FOUND',
    })
  })
})

describe('ending sessions', () => {
  it('tells every router, durably and at once, until the last access token has expired', async () => {
    await world.signUp('leaver')
    const { actor, refreshToken } = await world.signIn('leaver')
    const heard: string[] = []
    const unsubscribe = await world.platform.bus.subscribe(sessionsEndedChannel, (message) =>
      heard.push(message),
    )
    const { data } = await world.call('mutation { signOut { signedOutAt } }', {}, actor)
    expect(data).toEqual({ signOut: { signedOutAt: new Date(world.clock.now()).toISOString() } })
    unsubscribe()
    const expiresAt = new Date(world.clock.now() + 660_000).toISOString()
    expect(heard.map((message) => JSON.parse(message) as unknown)).toEqual([
      { sessionId: actor.sessionId, expiresAt },
    ])
    const polled = JSON.parse(
      (await world.subgraph.routes['/internal/ended-sessions']?.()) ?? '',
    ) as object
    expect(polled).toHaveProperty(
      'sessions',
      expect.arrayContaining([{ sessionId: actor.sessionId, expiresAt }]),
    )
    expect(await refresh(refreshToken)).toBe('SESSION_ENDED')
  })

  it('signs out again without complaint', async () => {
    await world.signUp('double_leaver')
    const { actor } = await world.signIn('double_leaver')
    await world.call('mutation { signOut { signedOutAt } }', {}, actor)
    expect(await world.refusal('mutation { signOut { signedOutAt } }', {}, actor)).toBeUndefined()
  })

  it('lists and revokes one’s own sessions only', async () => {
    await world.signUp('revoker')
    await world.signUp('other_person')
    const mine = await world.signIn('revoker')
    world.clock.advance(1_000)
    const phone = await world.signIn('revoker')
    const other = await world.signIn('other_person')
    const { data } = await world.call(sessionsQuery, {}, mine.actor)
    expect(data).toMatchObject({
      me: {
        sessions: [
          { id: phone.actor.sessionId, isCurrent: false, userAgent: 'jest' },
          { id: mine.actor.sessionId, isCurrent: true },
        ],
      },
    })
    const revoke = 'mutation ($id: ID!) { revokeSession(sessionId: $id) { sessionId } }'
    expect(await world.refusal(revoke, { id: other.actor.sessionId }, mine.actor)).toBe(
      'SESSION_NOT_FOUND',
    )
    expect(await world.refusal(revoke, { id: 'PROFILE' }, mine.actor)).toBe('SESSION_NOT_FOUND')
    expect(await world.refusal(revoke, { id: phone.actor.sessionId }, mine.actor)).toBeUndefined()
    expect(await world.refusal(revoke, { id: phone.actor.sessionId }, mine.actor)).toBe(
      'SESSION_NOT_FOUND',
    )
    expect(await listDenied()).toContain(phone.actor.sessionId)
    expect(await listIds(mine.actor)).toEqual([mine.actor.sessionId])
    expect(await refresh(phone.refreshToken)).toBe('SESSION_ENDED')
  })
})

describe('changing the password', () => {
  const change = /* GraphQL */ `
    mutation Change($currentPassword: String!, $newPassword: String!) {
      changePassword(input: { currentPassword: $currentPassword, newPassword: $newPassword }) {
        sessionsEnded
      }
    }
  `
  const newPassword = 'Battery-Staple-77'

  it('ends every other session and keeps this one', async () => {
    await world.signUp('changer')
    const here = await world.signIn('changer')
    const there = await world.signIn('changer')
    const variables = { currentPassword: goodPassword, newPassword }
    const { data } = await world.call(change, variables, here.actor)
    expect(data).toEqual({ changePassword: { sessionsEnded: 1 } })
    expect(await refresh(there.refreshToken)).toBe('SESSION_ENDED')
    expect(await listDenied()).toContain(there.actor.sessionId)
    expect(await refresh(here.refreshToken)).toHaveProperty('accessToken')
    expect(codeOf(await trySignIn('changer'))).toBe('WRONG_PASSWORD')
    expect(codeOf(await trySignIn('changer', newPassword))).toBeUndefined()
  })

  it.each([
    ['a weak new password', goodPassword, 'weak', 'BAD_USER_INPUT'],
    ['the same password', goodPassword, goodPassword, 'BAD_USER_INPUT'],
    ['a wrong current password', wrongPassword, newPassword, 'WRONG_PASSWORD'],
  ])('refuses %s', async (_what, currentPassword, next, code) => {
    await world.signUp('stubborn')
    const { actor } = await world.signIn('stubborn')
    expect(await world.refusal(change, { currentPassword, newPassword: next }, actor)).toBe(code)
  })

  it('is delayed like signing in, so that a stolen token cannot try passwords', async () => {
    await world.signUp('token_thief')
    const { actor } = await world.signIn('token_thief')
    const guess = { currentPassword: wrongPassword, newPassword }
    for (let failure = 1; failure <= 5; failure++) await world.call(change, guess, actor)
    expect(await world.refusal(change, guess, actor)).toBe('SIGN_IN_DELAYED')
  })
})
