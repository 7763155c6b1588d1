import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type MessageOf, sessionsEnded } from '@cnop/schema/events'
import { endSession } from './commands/end-session.ts'
import { refreshSession } from './commands/refresh-session.ts'
import { signIn } from './commands/sign-in.ts'
import { transact } from '@cnop/kit/transact'
import { listEndedSessions, putEndedSessionWrite } from './store/ended-sessions.ts'
import { readSession } from './store/sessions.ts'
import { callSessions, sessionsQuery } from './testing/session-calls.ts'
import { actorOf, goodPassword, startUserWorld, type UserWorld } from './testing/user-world.ts'

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

  it('refuses a token that is not of the session, and keeps the session', async () => {
    await world.signUp('guessed_at')
    const { refreshToken } = await world.signIn('guessed_at')
    const [username, sessionId, , secret] = refreshToken.split('.')
    const family = 'A'.repeat(22)
    expect(await refresh([username, sessionId, family, secret].join('.'))).toBe('SESSION_ENDED')
    expect(await refresh('anything')).toBe('SESSION_ENDED')
    expect(await refresh(refreshToken)).toHaveProperty('accessToken')
  })

  it('ends a session after 30 days, however often it was refreshed, and no token outlives it', async () => {
    await world.signUp('long_runner')
    const { actor, ...first } = await world.signIn('long_runner')
    expect(first.refreshExpiresInSeconds).toBe(30 * daySeconds)
    world.clock.advance(29 * dayMs)
    const second = await refreshed(first.refreshToken)
    expect(second.refreshExpiresInSeconds).toBe(daySeconds)
    world.clock.advance(dayMs - 100_000)
    const third = await refreshed(second.refreshToken)
    expect(third).toMatchObject({ refreshExpiresInSeconds: 100, expiresInSeconds: 100 })
    world.clock.advance(100_000)
    expect(await refresh(third.refreshToken)).toBe('SESSION_ENDED')
    const { actor: later } = await world.signIn('long_runner')
    expect(await listIds(later)).not.toContain(actor.sessionId)
  })

  it('ends a session that is not used, before its longest duration', async () => {
    const deps = { ...world.deps, refreshSeconds: daySeconds }
    await world.signUp('short_runner')
    const input = { username: 'short_runner', password: goodPassword }
    const client = { clientIp: undefined, userAgent: undefined }
    const { refreshToken } = await signIn(deps, input, client)
    world.clock.advance(dayMs)
    expect(await refresh(refreshToken)).toBe('SESSION_ENDED')
  })

  it('holds a session to a longest duration that was lowered after it opened', async () => {
    await world.signUp('lowered_later')
    const { refreshToken } = await world.signIn('lowered_later')
    const deps = { ...world.deps, sessionSeconds: daySeconds }
    world.clock.advance(dayMs)
    const client = { clientIp: undefined, userAgent: undefined }
    const late = refreshSession(deps, { refreshToken }, client)
    await expect(late).rejects.toMatchObject({ code: 'SESSION_ENDED' })
  })
})

const daySeconds = 86_400
const dayMs = daySeconds * 1_000

const listEnded = (fromMs: number) => {
  const nowMs = world.clock.now()
  return listEndedSessions(world.deps.store, { from: new Date(fromMs).toISOString(), nowMs })
}

describe('ending sessions', () => {
  it('is polled from where the last poll ended, over the hours', async () => {
    const { store } = world.deps
    const startMs = world.clock.now()
    const end = (minute: number, sessionId: string) => {
      const endedAt = new Date(startMs + minute * 60_000).toISOString()
      const expiresAt = new Date(startMs + 1e7).toISOString()
      const ended = { sessionId, username: 'poller', endedAt, expiresAt }
      return transact(store.db, [putEndedSessionWrite(store.table, ended)])
    }
    const poll = async (query: Record<string, string>) => {
      const read = world.subgraph.routes['/internal/ended-sessions']
      const reply = JSON.parse((await read?.(new URLSearchParams(query))) ?? '') as {
        sessions: { sessionId: string }[]
        until: string
      }
      const polled = reply.sessions.map(({ sessionId }) => sessionId)
      return { ids: polled.filter((id) => id.startsWith('polled')), until: reply.until }
    }
    for (let minute = 0; minute < 150; minute += 10) await end(minute, `polled_${minute}`)
    world.clock.set(startMs + 150 * 60_000)
    const all = await poll({})
    expect(all.ids).toEqual([90, 100, 110, 120, 130, 140].map((minute) => `polled_${minute}`))
    await end(150, 'polled_150')
    const next = await poll({ since: all.until })
    expect(next).toEqual({ ids: ['polled_150'], until: new Date(world.clock.now()).toISOString() })
    await end(149.9, 'polled_late')
    expect((await poll({ since: next.until })).ids).toEqual(['polled_late', 'polled_150'])
    const paged: string[] = []
    let from: string | undefined = new Date(startMs).toISOString()
    while (from !== undefined) {
      const query = { from, nowMs: world.clock.now(), limit: 4 }
      const page = await listEndedSessions(store, query)
      paged.push(...page.sessions.map(({ sessionId }) => sessionId))
      from = page.next
    }
    expect(paged.filter((id) => id.startsWith('polled'))).toHaveLength(17)
  })

  it('reaches every router, durably and at once, until the last access token has expired', async () => {
    await world.signUp('leaver')
    const { actor, refreshToken } = await world.signIn('leaver')
    const received: MessageOf<typeof sessionsEnded>[] = []
    const unsubscribe = await world.platform.bus.subscribe(sessionsEnded, (message) =>
      received.push(message),
    )
    const { data } = await world.call('mutation { signOut { signedOutAt } }', {}, actor)
    expect(data).toEqual({ signOut: { signedOutAt: new Date(world.clock.now()).toISOString() } })
    unsubscribe()
    const expiresAt = new Date(world.clock.now() + 660_000).toISOString()
    expect(received).toEqual([{ sessionId: actor.sessionId, expiresAt }])
    const polled = JSON.parse(
      (await world.subgraph.routes['/internal/ended-sessions']?.(new URLSearchParams())) ?? '',
    ) as object
    expect(polled).toHaveProperty(
      'sessions',
      expect.arrayContaining([{ sessionId: actor.sessionId, expiresAt }]),
    )
    expect(await refresh(refreshToken)).toBe('SESSION_ENDED')
  })

  it('refuses tokens for as long as one that a refresh issued at the same moment lives', async () => {
    await world.signUp('racing_leaver')
    const { actor, refreshToken } = await world.signIn('racing_leaver')
    const { session } = await readSession(world.deps.store, 'racing_leaver', actor.sessionId)
    world.clock.advance(590_000)
    await refreshed(refreshToken)
    // The row read before the refresh does not include its access token.
    expect(await endSession(world.deps, session!, 'REUSED')).toBe(true)
    const { sessions: ended } = await listEnded(world.clock.now())
    expect(ended.map(({ expiresAt }) => Date.parse(expiresAt) - world.clock.now())).toEqual([
      660_000,
    ])
  })

  it('ends the session of a refresh token, spent or not, but of no made-up one', async () => {
    await world.signUp('cookie_leaver')
    const revoke = `mutation ($token: String!) {
      revokeRefreshToken(input: { refreshToken: $token }) { sessionId }
    }`
    for (const isSpent of [false, true]) {
      const { actor, refreshToken } = await world.signIn('cookie_leaver')
      const next = isSpent ? (await refreshed(refreshToken)).refreshToken : refreshToken
      const [username, sessionId, family, secret] = refreshToken.split('.')
      const other = [username, sessionId, 'A'.repeat(22), secret].join('.')
      for (const token of [other, 'a.b', '']) {
        expect(await world.refusal(revoke, { token })).toBe('SESSION_ENDED')
      }
      expect(
        await world.call(revoke, { token: [username, sessionId, family, secret].join('.') }),
      ).toEqual({ data: { revokeRefreshToken: { sessionId: actor.sessionId } } })
      expect(await refresh(next)).toBe('SESSION_ENDED')
      expect(await listDenied()).toContain(actor.sessionId)
      expect(await world.refusal(revoke, { token: refreshToken })).toBe('SESSION_ENDED')
    }
  })

  it('accepts a repeated sign-out', async () => {
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
