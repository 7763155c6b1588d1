import { readAccount } from '@cnop/ledger/balances'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { deposit } from './commands/move-cash.ts'
import { endUnusedDemos } from './commands/end-demos.ts'
import { updateProfile } from './commands/update-profile.ts'
import { startDemo } from './commands/start-demo.ts'
import { usd } from '@cnop/kit/money'
import { queryPage } from '@cnop/kit/read'
import { codeOf, callSessions } from './testing/session-calls.ts'
import { actorOf, startUserWorld, type Tokens, type UserWorld } from './testing/user-world.ts'

let world: UserWorld
beforeAll(async () => {
  world = await startUserWorld()
})
afterAll(() => world.stop())

const dayMs = 86_400_000
const isoAt = (ms: number) => new Date(ms).toISOString()

const startQuery = /* GraphQL */ `
  mutation {
    startDemo {
      accessToken
      refreshToken
      expiresInSeconds
      refreshExpiresInSeconds
      deviceToken
      username
    }
  }
`

async function start() {
  const { data } = await world.call(startQuery)
  const tokens = data?.['startDemo'] as Tokens & { username: string }
  return { ...tokens, actor: actorOf(tokens.accessToken) }
}

const profileQuery = '{ me { email firstName lastName phone dateOfBirth isGuest createdAt } }'
const profileOf = async ({ actor }: Awaited<ReturnType<typeof start>>) =>
  (await world.call(profileQuery, {}, actor)).data?.['me']

const change = `mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { user { email } } }`

describe('a demo account', () => {
  it('is one of its own for each visitor, was opened 90 days ago, and has a session', async () => {
    const [one, other] = [await start(), await start()]
    expect(one.username).toMatch(/^guest_[0-9a-f]{12}$/)
    expect(other.username).not.toBe(one.username)
    expect(one.deviceToken).toBeNull()
    expect(await profileOf(one)).toEqual({
      email: `${one.username}@example.com`,
      ...{ firstName: 'Demo', lastName: 'Trader', phone: null, dateOfBirth: null, isGuest: true },
      createdAt: isoAt(world.clock.now() - 90 * dayMs),
    })
    // Both tell when the account ends unless it is used.
    const week = { username: one.username, refreshExpiresInSeconds: 604_800 }
    expect(one).toMatchObject(week)
    expect(await callSessions(() => world).refreshed(one.refreshToken)).toMatchObject(week)
    const sessions = await world.call('{ me { sessions { expiresAt } } }', {}, one.actor)
    const expiresAt = isoAt(world.clock.now() + 7 * dayMs)
    expect(sessions.data).toEqual({ me: { sessions: [{ expiresAt }] } })
  })

  it('has a session that says what it is, and no password to change: it cannot be kept', async () => {
    const { actor } = await start()
    expect(actor.sessionId).toMatch(/^guest_/)
    const password = { currentPassword: 'Known-2026!', newPassword: 'Another-2026!' }
    const toPassword = `mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { sessionsEnded } }`
    for (const [query, input] of [
      [change, { email: 'me@private.example' }],
      [change, { email: 'me@private.example', currentPassword: 'Known-2026!' }],
      [toPassword, password],
    ] as const) {
      const { errors } = await world.call(query, { input }, actor)
      expect(errors).toMatchObject([
        { message: expect.stringContaining('Sign up'), extensions: { code: 'FORBIDDEN' } },
      ])
    }
    const byRest = { input: { email: 'me@private.example' }, api: 'rest', clientIp: undefined }
    const changed = updateProfile(world.deps, actor, { ...byRest, api: 'rest' })
    await expect(changed).rejects.toHaveProperty('code', 'FORBIDDEN')
  })

  it('has a name that nobody can sign up with', async () => {
    for (const name of ['guest_1111111111aa', 'GUEST_1111111111AA']) {
      const { errors } = await world.signUp(name)
      const details = { field: 'username', reason: 'is of a form that is kept for guests' }
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', details } }])
    }
    expect(codeOf(await world.signUp('guest_of_honour'))).toBeUndefined()
    const { actor } = await world.signIn('guest_of_honour')
    expect((await world.call(profileQuery, {}, actor)).data).toMatchObject({
      me: { isGuest: false },
    })
  })

  it('is refused in production', async () => {
    const deps = { ...world.deps, profile: 'production' as const }
    const client = { clientIp: undefined, userAgent: undefined }
    await expect(startDemo(deps, client)).rejects.toHaveProperty('code', 'FORBIDDEN')
  })

  it('ends a week after it was used last: its sessions end, and what was entered is erased', async () => {
    const demo = await start()
    const { username, actor } = demo
    const { refresh, refreshed } = callSessions(() => world)
    await deposit(world.deps, actor, { key: 'first-deposit', amount: usd('10.00') })
    const input = { firstName: 'Ada', phone: '+44 20 7946 0018', dateOfBirth: '1990-12-10' }
    await world.call(change, { input }, actor)
    const email = `${username}@private.example`
    const byRest = { input: { email }, api: 'rest', clientIp: undefined } as const
    // An earlier release let a guest do this.
    await updateProfile(world.deps, { ...actor, sessionId: 'ses_1' }, byRest)
    expect(await profileOf(demo)).toMatchObject({ firstName: 'Ada', phone: '442079460018', email })

    world.clock.advance(6 * dayMs)
    const { refreshToken } = await refreshed(demo.refreshToken)
    world.clock.advance(6 * dayMs)
    // Those of the other tests end; this one was used within the week.
    await endUnusedDemos(world.deps)
    expect(await profileOf(demo)).toMatchObject({ firstName: 'Ada' })

    world.clock.advance(dayMs + 1)
    expect(await endUnusedDemos(world.deps)).toBe(1)
    expect(await refresh(refreshToken)).toBe('SESSION_ENDED')
    expect(await profileOf(demo)).toMatchObject({
      email: `${username}@example.com`,
      ...{ firstName: 'Demo', lastName: 'Trader', phone: null, dateOfBirth: null },
    })
    expect(codeOf(await world.signUp('ada_lovelace', { email }))).toBeUndefined()
    expect(await readAccount(world.deps.ledger, username)).toMatchObject({ sequence: 1n })
    const ended = { table: 'outbox', pk: 'ENDED#order', limit: 10, newestFirst: true } as const
    const [last] = (await queryPage(world.store.db, ended)).items
    expect(last).toMatchObject({ username, at: isoAt(world.clock.now()) })
    expect(await endUnusedDemos(world.deps)).toBe(0)
  })

  it('is ended by one of several processes, a bounded number in one run', async () => {
    for (let count = 0; count < 27; count += 1) await start()
    world.clock.advance(7 * dayMs)
    const runs = await Promise.all([endUnusedDemos(world.deps), endUnusedDemos(world.deps)])
    expect(runs[0] + runs[1]).toBe(25)
    expect(await endUnusedDemos(world.deps)).toBe(2)
  })
})
