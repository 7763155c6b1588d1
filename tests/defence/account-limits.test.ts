import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { loadRouterConfig } from '@cnop/router/config'
import { timeUntilRefused } from '../attack/identity/sessions.ts'
import { openTarget, type Sent, type Target } from '../attack/guards/world.ts'
import { newPerson } from '../world/rest.ts'

let target: Target
beforeAll(async () => {
  target = await openTarget({
    FIELD_DAY_LIMITS: 'signUp=6',
    TAKEN_NAMES_PER_MINUTE: '3',
    FIELD_RATE_LIMITS: 'emailChange=3',
    MAX_SESSIONS_PER_USER: '2',
  })
})
afterAll(() => target.world.stop())

const graphqlForm = () => {
  const { username, email, password } = newPerson()
  return { username, email, password, firstName: 'Ada', lastName: 'Lovelace' }
}

/** Signs up this many users at once, in one operation. */
const signUp = (from: string, count: number): Promise<Sent> => {
  const names = Array.from({ length: count }, (_, at) => `i${at}`)
  const variables = Object.fromEntries(names.map((name) => [name, graphqlForm()]))
  const declared = names.map((name) => `$${name}: SignUpInput!`).join(', ')
  const fields = names.map((name) => `${name}: signUp(input: $${name}) { user { username } }`)
  const query = `mutation (${declared}) { ${fields.join(' ')} }`
  return target.send({ body: { query, variables }, from })
}

const register = (from: string): Promise<Sent> =>
  target.send({ path: '/api/v1/auth/register', body: newPerson(), from })

describe('the sign-ups of an address', () => {
  it('share a daily budget over GraphQL, aliases and REST', async () => {
    const from = '127.0.10.1'
    expect((await signUp(from, 3)).status).toBe(200)
    expect((await register(from)).status).toBe(201)
    const refused = await signUp(from, 3)
    expect([refused.status, refused.codes[0]]).toEqual([429, 'RATE_LIMITED'])
    expect(refused.text).toContain('Only 6 uses of signUp a day are allowed.')
    // The budget ends with the day, not with the minute.
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(3_600)
    expect((await signUp(from, 2)).status).toBe(200)
    const over = await register(from)
    expect([over.status, JSON.parse(over.text)]).toMatchObject([429, { code: 'RATE_LIMITED' }])
    expect((await register('127.0.10.2')).status).toBe(201)
  })

  it('have a smaller budget in production, unless configured otherwise', () => {
    const { guard } = loadRouterConfig({})
    expect([...guard.fieldsPerMinute, ...guard.fieldsPerDay]).toEqual([])
    const production = { APP_PROFILE: 'production', STORE: 'embedded' }
    const strict = loadRouterConfig(production).guard
    expect(strict.fieldsPerMinute.get('signUp')).toBe(20)
    expect(strict.fieldsPerDay.get('signUp')).toBe(100)
    const own = loadRouterConfig({
      ...production,
      FIELD_RATE_LIMITS: 'placeOrder=9,signUp=7',
    }).guard
    expect(own.fieldsPerMinute.get('signUp')).toBe(7)
    expect(own.fieldsPerMinute.get('emailChangeOfAddress')).toBe(20)
  })
})

describe('sign-ups with a taken name', () => {
  const query = `mutation ($input: SignUpInput!) { signUp(input: $input) { user { username } } }`
  const send = (from: string, form: object) =>
    target.send({ body: { query, variables: { input: { ...graphqlForm(), ...form } } }, from })
  const codes = async (sent: Promise<Sent>) => (await sent).codes

  it('have a budget of the address over GraphQL and REST, and then none runs', async () => {
    const owner = newPerson()
    const { username, email } = owner
    const path = '/api/v1/auth/register'
    await target.send({ path, body: owner, from: '127.0.13.2' })
    const from = '127.0.13.1'
    expect(await codes(send(from, { username }))).toEqual(['USERNAME_TAKEN'])
    expect(await codes(send(from, { email }))).toEqual(['EMAIL_TAKEN'])
    const taken = { ...newPerson(), username }
    expect((await target.send({ path, body: taken, from })).status).toBe(409)
    for (const form of [{ username }, {}]) {
      const refused = await send(from, form)
      expect([refused.status, refused.codes]).toEqual([429, ['RATE_LIMITED']])
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    }
    const over = await target.send({ path, body: taken, from })
    expect([over.status, JSON.parse(over.text)]).toMatchObject([429, { code: 'RATE_LIMITED' }])
    expect((await register('127.0.13.2')).status).toBe(201)
  })

  it('are told no oftener when they are sent at the same time', async () => {
    const { username } = await target.world.trader()
    const from = '127.0.13.3'
    const all = await Promise.all(Array.from({ length: 6 }, () => codes(send(from, { username }))))
    expect(all.flat().filter((code) => code === 'USERNAME_TAKEN')).toHaveLength(3)
    expect(all.flat().filter((code) => code === 'RATE_LIMITED')).toHaveLength(3)
  })

  it('are not what is only mistyped', async () => {
    const from = '127.0.13.4'
    for (const form of [
      { password: 'short' },
      { email: 'x' },
      { username: '?' },
      { lastName: '' },
    ]) {
      expect(await codes(send(from, form))).toEqual(['BAD_USER_INPUT'])
    }
    expect(await codes(send(from, {}))).toEqual([])
  })
})

describe('changes of the e-mail address', () => {
  it('have a budget per user, over GraphQL and REST together', async () => {
    const { token, password } = await target.world.trader()
    const headers = { authorization: `Bearer ${token}` }
    const query = `mutation ($e: String) { updateProfile(input: { email: $e, currentPassword: "${password}" }) { user { email } } }`
    const change = () =>
      target.send({ body: { query, variables: { e: newPerson().email } }, headers })
    const put = () =>
      target.send({
        method: 'PUT',
        path: '/api/v1/auth/profile',
        body: { email: newPerson().email },
        headers,
      })
    expect([(await change()).status, (await put()).status, (await change()).status]).toEqual([
      200, 200, 200,
    ])
    expect((await change()).codes[0]).toBe('RATE_LIMITED')
    expect((await put()).status).toBe(429)
    const names = { path: '/api/v1/auth/profile', body: { first_name: 'Grace' }, headers } as const
    expect((await target.send({ method: 'PUT', ...names })).status).toBe(200)
  })
})

describe('the oldest session of a user with too many sessions', () => {
  it('ends, and every endpoint returns SESSION_ENDED for its token', async () => {
    const { token, username, password } = await target.world.trader()
    for (let count = 0; count < 2; count += 1) {
      await target.send({ path: '/auth/sign-in', body: { username, password } })
    }
    await timeUntilRefused([target.origin], token)
    const headers = { authorization: `Bearer ${token}` }
    const answers = [
      await target.send({ body: { query: '{ __typename }' }, headers }),
      await target.send({ method: 'GET', path: '/export/activity.csv', headers }),
      await target.send({ path: '/auth/sign-out', body: {}, headers }),
    ]
    expect(answers.map(({ status, codes }) => [status, codes[0]])).toEqual(
      answers.map(() => [401, 'SESSION_ENDED']),
    )
    const rest = await target.send({ method: 'GET', path: '/api/v1/balance', headers })
    expect(JSON.parse(rest.text)).toMatchObject({
      type: 'urn:cnop:problem:session-ended',
      code: 'AUTH_001',
      message: expect.stringContaining('signed out, revoked or has expired'),
    })
  })
})
