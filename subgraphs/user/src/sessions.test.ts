import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { sessionsEndedChannel } from './commands/end-session.ts'
import { grantRole } from './commands/grant-role.ts'
import { callSessions, sessionsQuery } from './testing/session-calls.ts'
import { actorOf, startUserWorld, type UserWorld } from './testing/user-world.ts'

let world: UserWorld
beforeAll(async () => {
  world = await startUserWorld()
})
afterAll(() => world.stop())

const { refresh, refreshed, listIds, listDenied } = callSessions(() => world)

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
