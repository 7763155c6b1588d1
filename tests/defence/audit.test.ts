import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { verifyChains } from '@cnop/ops/audit/verify-chains'
import {
  type AuditedWorld,
  graphql,
  newPerson,
  signIn,
  startAuditedWorld,
  summarize,
  wrong,
} from '../world/audit.ts'
import { newKey } from '../world/world.ts'

const signUp = (input: object) =>
  graphql('mutation ($i: SignUpInput!) { signUp(input: $i) { user { username } } }', { i: input })

let audited: AuditedWorld
beforeAll(async () => {
  audited = await startAuditedWorld()
})
afterAll(() => audited.stop())

describe('the audit trail', () => {
  it('records user, address, client and outcome once, before the response is sent', async () => {
    const ip = audited.newAddress()
    const { events } = await audited.send({
      ...signIn(audited.trader.username.toUpperCase(), audited.trader.password),
      ip,
    })
    expect(events).toEqual([
      expect.objectContaining({
        action: 'user.sign_in',
        outcome: 'ok',
        user: audited.trader.username,
        client_ip: ip,
        user_agent: 'audit-test/1',
        count: 1,
      }),
    ])
    expect(events[0]?.extra?.['endpoint']).toBe('graphql')
  })

  it('records accounts, sessions, profiles and passwords', async () => {
    const ada = newPerson()
    expect(await audited.recordsOf(signUp(ada))).toEqual(['user.sign_up ok'])
    expect(await audited.recordsOf(signUp(ada))).toEqual(['user.sign_up failed USERNAME_TAKEN'])
    expect(await audited.recordsOf({ path: '/auth/demo', body: {} })).toEqual(['user.demo ok'])
    const other = await audited.world.trader()
    const { token } = other
    const change =
      'mutation ($i: UpdateProfileInput!) { updateProfile(input: $i) { user { email } } }'
    const { events } = await audited.send({
      token,
      ...graphql(change, { i: { firstName: 'Grace' } }),
    })
    expect(events.map(({ action, user, extra }) => [action, user, extra?.['fields']])).toEqual([
      ['profile.change', other.username, 'firstName'],
    ])
    const password =
      'mutation ($i: ChangePasswordInput!) { changePassword(input: $i) { sessionsEnded } }'
    const passwords = { currentPassword: other.password, newPassword: 'Another-Horse-2026' }
    const bad = { ...passwords, currentPassword: wrong }
    expect(await audited.recordsOf({ token, ...graphql(password, { i: bad }) })).toEqual([
      'password.change failed WRONG_PASSWORD',
    ])
    expect(await audited.recordsOf({ token, ...graphql(password, { i: passwords }) })).toEqual([
      'password.change ok',
    ])
    expect(
      await audited.recordsOf({ token, ...graphql('mutation { signOut { signedOutAt } }') }),
    ).toEqual(['user.sign_out ok'])
    const refused = await audited.send({ token, ...graphql('{ me { username } }') })
    expect(refused.events.map(({ action, user, extra }) => [action, user, extra])).toEqual([
      ['token.refused', other.username, { reason: 'session ended' }],
    ])
  })

  it('records the revocation of the caller’s own session, and of no other', async () => {
    const { username, password, token } = await audited.world.trader()
    await audited.send(signIn(username, password))
    const sessions = '{ me { sessions { id isCurrent } } }'
    const { answer } = await audited.send({ token, ...graphql(sessions) })
    const { data } = JSON.parse(answer) as {
      data: { me: { sessions: { id: string; isCurrent: boolean }[] } }
    }
    const session = data.me.sessions.find(({ isCurrent }) => !isCurrent)!.id
    const revoke = 'mutation ($id: ID!) { revokeSession(sessionId: $id) { sessionId } }'
    const { events } = await audited.send({ token, ...graphql(revoke, { id: session }) })
    expect(
      events.map(({ action, outcome, extra }) => [action, outcome, extra?.['session']]),
    ).toEqual([['session.revoke', 'ok', session]])
    const foreign = await audited.send({ token, ...graphql(revoke, { id: 'ses_foreign' }) })
    expect(foreign.events.map(summarize)).toEqual(['session.revoke failed SESSION_NOT_FOUND'])
    expect(JSON.stringify(foreign.events)).not.toContain('ses_foreign')
  })

  it('distinguishes a reused refresh token from an unknown one, and gives clients the same response', async () => {
    const { username, refreshToken } = await audited.world.trader()
    const refresh = (token: string) =>
      audited.send(
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
    expect(unknown.events.map(summarize)).toEqual(['token.refused refused SESSION_ENDED'])
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
  ])('records %s', async (_what, headers) => {
    expect(await audited.recordsOf({ ...graphql('{ __typename }'), headers })).toEqual([
      'token.refused refused UNAUTHENTICATED',
    ])
  })

  it('records actions of administrators, and attempts of other users', async () => {
    const { token } = audited.admin
    const ip = audited.newAddress()
    const path = `/system/blocks/${ip}`
    const put = await audited.send({ path, method: 'PUT', token, body: { seconds: 60 } })
    expect(put.events.map(({ action, user, extra }) => [action, user, extra])).toEqual([
      ['block.set', audited.admin.username, { ip, reason: 'by an administrator', seconds: 60 }],
    ])
    expect(await audited.recordsOf({ path, method: 'DELETE', token, body: {} })).toEqual([
      'block.cleared ok',
    ])
    expect(
      await audited.recordsOf({ path, method: 'DELETE', token: audited.trader.token, body: {} }),
    ).toEqual(['admin.access refused FORBIDDEN'])
    const developer = { headers: { 'x-developer-token': token }, ...graphql('{ __typename }') }
    expect(await audited.recordsOf(developer)).toEqual(['admin.access ok'])
    const pretender = { ...developer, headers: { 'x-developer-token': audited.trader.token } }
    expect(await audited.recordsOf(pretender)).toEqual(['admin.access refused FORBIDDEN'])
  })

  it('records injected faults and exports', async () => {
    const fault = { path: '/system/faults/cny', method: 'PUT', body: { kind: 'error' } }
    const set = await audited.send(fault)
    expect(set.events.map(({ action, extra }) => [action, extra])).toEqual([
      ['fault.set', { subgraph: 'cny', kind: 'error' }],
    ])
    expect(await audited.recordsOf({ ...fault, method: 'DELETE', body: {} })).toEqual([
      'fault.cleared ok',
    ])
    const file = { path: '/export/activity.csv', method: 'GET', token: audited.trader.token }
    expect(await audited.recordsOf(file)).toEqual(['activity.export ok'])
    expect(await audited.recordsOf(file)).toEqual(['limit.hit refused RATE_LIMITED'])
  })

  it('records no ordinary requests', async () => {
    expect(await audited.recordsOf(graphql('{ market { feed } }'))).toEqual([])
    const { token } = audited.trader
    const deposit = 'mutation ($i: CashInput!) { deposit(input: $i) { entry { id } } }'
    const cash = { i: { key: newKey(), amount: '10.00' } }
    // The journal is itself a chain and records money, so the trail does not.
    expect(await audited.recordsOf({ token, ...graphql(deposit, cash) })).toEqual([])
    expect(await audited.recordsOf(signIn('', ''))).toEqual(['user.sign_in failed BAD_USER_INPUT'])
    const badType = graphql('mutation ($i: SignInInput!) { signIn(input: $i) { username } }', {
      i: 3,
    })
    expect(await audited.recordsOf(badType)).toEqual([])
  })

  it('keeps one record of a flood, and counts the rest of it', async () => {
    const ip = audited.newAddress()
    const before = audited.records().length
    for (let sent = 0; sent < 410; sent += 1) {
      await fetch(`${audited.world.origin}/assets/none.png`, { headers: { 'x-forwarded-for': ip } })
    }
    const grown = audited.records().slice(before)
    expect(grown.map(summarize)).toEqual(['limit.hit refused RATE_LIMITED'])
    expect(grown[0]?.extra).toEqual({ limit: 'requests' })
    await audited.world.stop()
    const ofClient = audited.records().filter(({ client_ip }) => client_ip === ip)
    expect(ofClient.map(summarize)).toEqual([
      'limit.hit refused RATE_LIMITED',
      'limit.hit refused RATE_LIMITED ×9',
    ])
    const { violations, open, chains: count } = verifyChains(audited.directory)
    expect({ violations, open, count }).toEqual({ violations: [], open: [], count: 1 })
  })
})
