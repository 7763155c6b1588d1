import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { verifyChains } from '@cnop/ops/audit/verify-chains'
import { type Admin, createAdmin } from '../world/admin.ts'
import {
  type AuditedRequest,
  createAddresses,
  graphql,
  newPerson,
  readRecords,
  sendAudited,
  tell,
} from '../world/audit.ts'
import type { Trader } from '../world/trader.ts'
import { newKey, startWorld, type World } from '../world/world.ts'

let directory: string
let world: World
let admin: Admin
let trader: Trader
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cnop-audit-'))
  world = await startWorld({
    AUDIT_PATH: directory,
    TRUSTED_PROXIES: '127.0.0.1',
    RATE_LIMIT_PER_MINUTE: '400',
    EXPORTS_PER_MINUTE: '1',
  })
  admin = await createAdmin(world)
  trader = await world.trader()
}, 120_000)
afterAll(async () => {
  rmSync(directory, { recursive: true, force: true })
  await world.stop()
})

const chains = () => join(directory, 'audit')

const records = () => readRecords(chains())

const newAddress = createAddresses()

/** From an address of its own, unless the request names one. */
const send = (request: AuditedRequest) =>
  sendAudited(world.origin, chains(), { ip: newAddress(), ...request })

const tellAll = async (request: AuditedRequest): Promise<string[]> =>
  (await send(request)).events.map(tell)

const signIn = (username: string, password: string) =>
  graphql('mutation ($i: SignInInput!) { signIn(input: $i) { refreshToken } }', {
    i: { username, password },
  })

const wrong = 'Wrong-Password-26'

const signUp = (input: object) =>
  graphql('mutation ($i: SignUpInput!) { signUp(input: $i) { user { username } } }', { i: input })

describe('the audit trail', () => {
  it('tells who, from where and with what, once, before the answer is there', async () => {
    const ip = newAddress()
    const { events } = await send({ ...signIn(trader.username.toUpperCase(), trader.password), ip })
    expect(events).toEqual([
      expect.objectContaining({
        action: 'user.sign_in',
        outcome: 'ok',
        user: trader.username,
        client_ip: ip,
        user_agent: 'audit-test/1',
        count: 1,
      }),
    ])
    expect(events[0]?.extra?.['door']).toBe('graphql')
  })

  it('tells of accounts, sessions, profiles and passwords', async () => {
    const ada = newPerson()
    expect(await tellAll(signUp(ada))).toEqual(['user.sign_up ok'])
    expect(await tellAll(signUp(ada))).toEqual(['user.sign_up failed USERNAME_TAKEN'])
    const other = await world.trader()
    const { token } = other
    const change =
      'mutation ($i: UpdateProfileInput!) { updateProfile(input: $i) { user { email } } }'
    const { events } = await send({ token, ...graphql(change, { i: { firstName: 'Grace' } }) })
    expect(events.map(({ action, user, extra }) => [action, user, extra?.['fields']])).toEqual([
      ['profile.change', other.username, 'firstName'],
    ])
    const password =
      'mutation ($i: ChangePasswordInput!) { changePassword(input: $i) { sessionsEnded } }'
    const passwords = { currentPassword: other.password, newPassword: 'Another-Horse-2026' }
    const bad = { ...passwords, currentPassword: wrong }
    expect(await tellAll({ token, ...graphql(password, { i: bad }) })).toEqual([
      'password.change failed WRONG_PASSWORD',
    ])
    expect(await tellAll({ token, ...graphql(password, { i: passwords }) })).toEqual([
      'password.change ok',
    ])
    expect(await tellAll({ token, ...graphql('mutation { signOut { signedOutAt } }') })).toEqual([
      'user.sign_out ok',
    ])
    const refused = await send({ token, ...graphql('{ me { username } }') })
    expect(refused.events.map(({ action, user, extra }) => [action, user, extra])).toEqual([
      ['token.refused', other.username, { reason: 'session ended' }],
    ])
  })

  it('tells of a revoked session, and of none that is not the caller’s', async () => {
    const { username, password, token } = await world.trader()
    await send(signIn(username, password))
    const sessions = '{ me { sessions { id isCurrent } } }'
    const { answer } = await send({ token, ...graphql(sessions) })
    const { data } = JSON.parse(answer) as {
      data: { me: { sessions: { id: string; isCurrent: boolean }[] } }
    }
    const session = data.me.sessions.find(({ isCurrent }) => !isCurrent)!.id
    const revoke = 'mutation ($id: ID!) { revokeSession(sessionId: $id) { sessionId } }'
    const { events } = await send({ token, ...graphql(revoke, { id: session }) })
    expect(
      events.map(({ action, outcome, extra }) => [action, outcome, extra?.['session']]),
    ).toEqual([['session.revoke', 'ok', session]])
    const foreign = await send({ token, ...graphql(revoke, { id: 'ses_foreign' }) })
    expect(foreign.events.map(tell)).toEqual(['session.revoke failed SESSION_NOT_FOUND'])
    expect(JSON.stringify(foreign.events)).not.toContain('ses_foreign')
  })

  it('tells a refresh token that was used twice from one that is none, and no client which it was', async () => {
    const { username, refreshToken } = await world.trader()
    const refresh = (token: string) =>
      send(
        graphql(
          'mutation ($t: String!) { refreshSession(input: { refreshToken: $t }) { refreshToken } }',
          { t: token },
        ),
      )
    const next = async (token: string): Promise<string> => {
      const { answer, events } = await refresh(token)
      expect(events).toEqual([])
      const { data } = JSON.parse(answer) as {
        data: { refreshSession: { refreshToken: string } }
      }
      return data.refreshSession.refreshToken
    }
    await next(await next(refreshToken))
    const reused = await refresh(refreshToken)
    expect(reused.events.map(({ action, user }) => [action, user])).toEqual([
      ['session.refresh_reused', username],
    ])
    const unknown = await refresh('anything')
    expect(unknown.events.map(tell)).toEqual(['token.refused refused SESSION_ENDED'])
    expect(reused.answer).not.toContain('REUSED')
    const errorOf = (text: string) => {
      const { errors } = JSON.parse(text) as { errors: { extensions: object }[] }
      return errors.map(({ extensions, ...error }) => ({
        ...error,
        extensions: { ...extensions, requestId: '' },
      }))
    }
    expect(errorOf(reused.answer)).toEqual(errorOf(unknown.answer))
  })

  it.each([
    ['a forged bearer token', { authorization: 'Bearer forged.token.here' }],
    ['a header without a scheme', { authorization: 'forged' }],
    ['a forged developer token', { 'x-developer-token': 'forged.token.here' }],
  ])('tells of %s', async (_what, headers) => {
    expect(await tellAll({ ...graphql('{ __typename }'), headers })).toEqual([
      'token.refused refused UNAUTHENTICATED',
    ])
  })

  it('counts every alias of a sign-in that ran, and no other', async () => {
    const names = ['a', 'b', 'c']
    const aliases = (password: string) =>
      `mutation { ${names
        .map(
          (name) =>
            `${name}: signIn(input: { username: "${trader.username}", password: "${password}" }) { username }`,
        )
        .join(' ')} }`
    expect(await tellAll(graphql(aliases(trader.password)))).toEqual(
      names.map(() => 'user.sign_in ok'),
    )
    // The first failure takes the answer with it: what stands behind it is not tried.
    expect(await tellAll(graphql(aliases(wrong)))).toEqual(['user.sign_in failed WRONG_PASSWORD'])
    const skipped = `mutation ($no: Boolean!) {
      a: signIn(input: { username: "${trader.username}", password: "${trader.password}" }) @include(if: $no) { username }
      ...Rest
    }
    fragment Rest on Mutation {
      b: signIn(input: { username: "${trader.username}", password: "${trader.password}" }) { username }
    }`
    expect(await tellAll(graphql(skipped, { no: false }))).toEqual(['user.sign_in ok'])
  })

  it('tells the same of every door', async () => {
    const { username, password } = await world.trader()
    const auth = await send({ path: '/auth/sign-in', body: { username, password } })
    const rest = await send({ path: '/api/v1/auth/login', body: { username, password } })
    const doors = [auth, rest].map(({ events }) =>
      events.map((event) => [tell(event), event.user, event.extra?.['door']]),
    )
    expect(doors).toEqual([
      [['user.sign_in ok', username, 'auth']],
      [['user.sign_in ok', username, 'rest']],
    ])
    expect(
      await tellAll({ path: '/api/v1/auth/login', body: { username, password: wrong } }),
    ).toEqual(['user.sign_in failed WRONG_PASSWORD'])
    const { access_token: token } = JSON.parse(rest.answer) as { access_token: string }
    expect(await tellAll({ path: '/api/v1/auth/logout', token, body: {} })).toEqual([
      'user.sign_out ok',
    ])
    const { accessToken } = JSON.parse(auth.answer) as { accessToken: string }
    expect(await tellAll({ path: '/auth/sign-out', token: accessToken, body: {} })).toEqual([
      'user.sign_out ok',
    ])
  })

  it('tells of a block when it comes about, and of every sign-in that it refuses', async () => {
    const ip = newAddress()
    const { username, password } = await world.trader()
    const attempt = (given: string) => tellAll({ ...signIn('nobody_at_all', given), ip })
    for (let tries = 1; tries < 5; tries += 1) {
      expect(await attempt(wrong)).toEqual(['user.sign_in failed USER_NOT_FOUND'])
    }
    expect((await attempt(wrong)).sort()).toEqual([
      'block.set ok',
      'user.sign_in failed USER_NOT_FOUND',
    ])
    expect(await tellAll({ ...signIn(username, password), ip })).toEqual([
      'user.sign_in blocked IP_BLOCKED',
    ])
    expect(await tellAll({ path: '/api/v1/auth/login', body: { username, password }, ip })).toEqual(
      ['user.sign_in blocked IP_BLOCKED'],
    )
    expect(await tellAll({ path: '/api/v1/auth/login', body: { nothing: true }, ip })).toEqual([
      'user.sign_in blocked IP_BLOCKED',
    ])
    const set = records().filter(
      ({ action, extra }) => action === 'block.set' && extra?.['ip'] === ip,
    )
    expect(set.map(({ extra }) => extra)).toEqual([{ ip, reason: 'failed sign-ins', seconds: 300 }])
  })

  it('tells of more sign-ins in one document than may be looked at', async () => {
    const many = Array.from(
      { length: 30 },
      (_, index) =>
        `a${index}: signIn(input: { username: "somebody", password: "${wrong}" }) { username }`,
    )
    const request = { ...graphql(`mutation { ${many.join(' ')} }`), ip: newAddress() }
    expect((await tellAll(request)).sort()).toEqual([
      'block.set ok',
      'user.sign_in blocked IP_BLOCKED ×30',
    ])
  })

  it('tells what administrators do, and who tries without being one', async () => {
    const { token } = admin
    const ip = newAddress()
    const path = `/system/blocks/${ip}`
    const put = await send({ path, method: 'PUT', token, body: { seconds: 60 } })
    expect(put.events.map(({ action, user, extra }) => [action, user, extra])).toEqual([
      ['block.set', admin.username, { ip, reason: 'by an administrator', seconds: 60 }],
    ])
    expect(await tellAll({ path, method: 'DELETE', token, body: {} })).toEqual(['block.cleared ok'])
    expect(await tellAll({ path, method: 'DELETE', token: trader.token, body: {} })).toEqual([
      'admin.access refused FORBIDDEN',
    ])
    const developer = { headers: { 'x-developer-token': token }, ...graphql('{ __typename }') }
    expect(await tellAll(developer)).toEqual(['admin.access ok'])
    const pretender = { ...developer, headers: { 'x-developer-token': trader.token } }
    expect(await tellAll(pretender)).toEqual(['admin.access refused FORBIDDEN'])
  })

  it('tells of faults that are injected, and of exports', async () => {
    const fault = { path: '/system/faults/cny', method: 'PUT', body: { kind: 'error' } }
    const set = await send(fault)
    expect(set.events.map(({ action, extra }) => [action, extra])).toEqual([
      ['fault.set', { subgraph: 'cny', kind: 'error' }],
    ])
    expect(await tellAll({ ...fault, method: 'DELETE', body: {} })).toEqual(['fault.cleared ok'])
    const file = { path: '/export/activity.csv', method: 'GET', token: trader.token }
    expect(await tellAll(file)).toEqual(['activity.export ok'])
    expect(await tellAll(file)).toEqual(['limit.hit refused RATE_LIMITED'])
  })

  it('tells nothing of what is everyday', async () => {
    expect(await tellAll(graphql('{ market { feed } }'))).toEqual([])
    const { token } = trader
    const deposit = 'mutation ($i: CashInput!) { deposit(input: $i) { entry { id } } }'
    const cash = { i: { key: newKey(), amount: '10.00' } }
    // Money is told by the journal, which is a chain itself: it is not written twice.
    expect(await tellAll({ token, ...graphql(deposit, cash) })).toEqual([])
    expect(await tellAll(signIn('', ''))).toEqual(['user.sign_in failed BAD_USER_INPUT'])
    const badType = graphql('mutation ($i: SignInInput!) { signIn(input: $i) { username } }', {
      i: 3,
    })
    expect(await tellAll(badType)).toEqual([])
  })

  it('keeps one record of a flood, and counts the rest of it', async () => {
    const ip = newAddress()
    const before = records().length
    for (let sent = 0; sent < 410; sent += 1) {
      await fetch(`${world.origin}/assets/none.png`, { headers: { 'x-forwarded-for': ip } })
    }
    const grown = records().slice(before)
    expect(grown.map(tell)).toEqual(['limit.hit refused RATE_LIMITED'])
    expect(grown[0]?.extra).toEqual({ limit: 'requests' })
    await world.stop()
    const ofClient = records().filter(({ client_ip }) => client_ip === ip)
    expect(ofClient.map(tell)).toEqual([
      'limit.hit refused RATE_LIMITED',
      'limit.hit refused RATE_LIMITED ×9',
    ])
    const { violations, open, chains: count } = verifyChains(chains())
    expect({ violations, open, count }).toEqual({ violations: [], open: [], count: 1 })
  })
})
