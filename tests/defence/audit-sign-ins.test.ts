import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  type AuditedWorld,
  graphql,
  signIn,
  startAuditedWorld,
  summarize,
  wrong,
} from '../world/audit.ts'

let audited: AuditedWorld
beforeAll(async () => {
  audited = await startAuditedWorld()
})
afterAll(() => audited.stop())

describe('the audit trail of sign-ins', () => {
  it('counts every alias of a sign-in that ran, and no other', async () => {
    const names = ['a', 'b', 'c']
    const aliases = (password: string) =>
      `mutation { ${names
        .map(
          (name) =>
            `${name}: signIn(input: { username: "${audited.trader.username}", password: "${password}" }) { username }`,
        )
        .join(' ')} }`
    expect(await audited.recordsOf(graphql(aliases(audited.trader.password)))).toEqual(
      names.map(() => 'user.sign_in ok'),
    )
    // The first failure nulls the whole response, so the later alias does not run.
    expect(await audited.recordsOf(graphql(aliases(wrong)))).toEqual([
      'user.sign_in failed WRONG_PASSWORD',
    ])
    const skipped = `mutation ($no: Boolean!) {
      a: signIn(input: { username: "${audited.trader.username}", password: "${audited.trader.password}" }) @include(if: $no) { username }
      ...Rest
    }
    fragment Rest on Mutation {
      b: signIn(input: { username: "${audited.trader.username}", password: "${audited.trader.password}" }) { username }
    }`
    expect(await audited.recordsOf(graphql(skipped, { no: false }))).toEqual(['user.sign_in ok'])
  })

  it('records the same at every endpoint', async () => {
    const { username, password } = await audited.world.trader()
    const auth = await audited.send({ path: '/auth/sign-in', body: { username, password } })
    const rest = await audited.send({ path: '/api/v1/auth/login', body: { username, password } })
    const records = [auth, rest].map(({ events }) =>
      events.map((event) => [summarize(event), event.user, event.extra?.['endpoint']]),
    )
    expect(records).toEqual([
      [['user.sign_in ok', username, 'auth']],
      [['user.sign_in ok', username, 'rest']],
    ])
    expect(
      await audited.recordsOf({ path: '/api/v1/auth/login', body: { username, password: wrong } }),
    ).toEqual(['user.sign_in failed WRONG_PASSWORD'])
    const { access_token: token } = JSON.parse(rest.answer) as { access_token: string }
    expect(await audited.recordsOf({ path: '/api/v1/auth/logout', token, body: {} })).toEqual([
      'user.sign_out ok',
    ])
    const { accessToken } = JSON.parse(auth.answer) as { accessToken: string }
    expect(
      await audited.recordsOf({ path: '/auth/sign-out', token: accessToken, body: {} }),
    ).toEqual(['user.sign_out ok'])
  })

  it('records whose session a sign-out ended by cookie only', async () => {
    const { username, refreshToken } = await audited.world.trader()
    const signOut = {
      path: '/auth/sign-out',
      body: {},
      headers: { cookie: `cnop_refresh=${refreshToken}` },
    }
    const { events } = await audited.send(signOut)
    expect(events.map((event) => [summarize(event), event.user, event.extra])).toEqual([
      ['user.sign_out ok', username, { session: refreshToken.split('.')[1], endpoint: 'auth' }],
    ])
    // The second time there is no session to end.
    expect(await audited.recordsOf(signOut)).toEqual([])
  })

  it('records the start of a block and every sign-in that it refuses', async () => {
    const ip = audited.newAddress()
    const { username, password } = await audited.world.trader()
    const attempt = (given: string) => audited.recordsOf({ ...signIn('nobody_at_all', given), ip })
    for (let tries = 1; tries < 5; tries += 1) {
      expect(await attempt(wrong)).toEqual(['user.sign_in failed USER_NOT_FOUND'])
    }
    expect((await attempt(wrong)).sort()).toEqual([
      'block.set ok',
      'user.sign_in failed USER_NOT_FOUND',
    ])
    expect(await audited.recordsOf({ ...signIn(username, password), ip })).toEqual([
      'user.sign_in blocked IP_BLOCKED',
    ])
    expect(
      await audited.recordsOf({ path: '/api/v1/auth/login', body: { username, password }, ip }),
    ).toEqual(['user.sign_in blocked IP_BLOCKED'])
    expect(
      await audited.recordsOf({ path: '/api/v1/auth/login', body: { nothing: true }, ip }),
    ).toEqual(['user.sign_in blocked IP_BLOCKED'])
    const set = audited
      .records()
      .filter(({ action, extra }) => action === 'block.set' && extra?.['ip'] === ip)
    expect(set.map(({ extra }) => extra)).toEqual([{ ip, reason: 'failed sign-ins', seconds: 300 }])
  })

  it('records a document with more sign-ins than are checked', async () => {
    const many = Array.from(
      { length: 30 },
      (_, index) =>
        `a${index}: signIn(input: { username: "somebody", password: "${wrong}" }) { username }`,
    )
    const request = { ...graphql(`mutation { ${many.join(' ')} }`), ip: audited.newAddress() }
    expect((await audited.recordsOf(request)).sort()).toEqual([
      'block.set ok',
      'user.sign_in blocked IP_BLOCKED ×30',
    ])
  })
})
