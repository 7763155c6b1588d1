import { describe, expect, it } from '@jest/globals'
import { type CallRest, createRestUser, goodPassword, newPerson } from '../../world/rest.ts'
import type { People } from './people.ts'

/** Every protected route, with an invalid body that must not be read. */
const protectedRoutes: readonly (readonly [method: string, path: string])[] = [
  ['GET', '/auth/profile'],
  ['PUT', '/auth/profile'],
  ['POST', '/auth/logout'],
  ['POST', '/orders'],
  ['GET', '/orders'],
  ['GET', '/orders/%7Border_id%7D'],
  ['GET', '/assets/BTC/transactions'],
  ['GET', '/balance'],
  ['POST', '/balance/deposit'],
  ['POST', '/balance/withdraw'],
  ['GET', '/balance/transactions'],
  ['GET', '/balance/asset/BTC'],
  ['GET', '/assets/balances'],
  ['GET', '/portfolio'],
  ['GET', '/insights/portfolio'],
  ['POST', '/cny/claim'],
]

type Fields = Record<string, unknown>

/** Tokens, registration, login and the profile. */
export function describeAccountFacts(people: People): void {
  const call: CallRest = (...given) => people.call(...given)
  const statusOf = async (...given: Parameters<CallRest>): Promise<number> =>
    (await call(...given)).status

  describe('without a usable token', () => {
    it.each(protectedRoutes)(
      '%s %s returns 401 before it reads the input',
      async (method, path) => {
        const body = method === 'GET' ? {} : { body: '{"broken' }
        expect(await statusOf(method, path, body)).toBe(401)
        expect(await statusOf(method, path, { ...body, token: 'forged' })).toBe(401)
      },
    )

    it.each([
      ['another scheme', 'Basic abc'],
      ['the scheme only', 'Bearer'],
      ['no scheme', 'abc'],
      ['an empty value', ''],
      ['three parts', 'Bearer a b'],
      ['a scheme in lower case', 'bearer abc'],
    ])('%s in the header is 401', async (_name, authorization) => {
      expect(await statusOf('GET', '/auth/profile', { headers: { authorization } })).toBe(401)
    })
  })

  describe('registration', () => {
    const bad: readonly (readonly [name: string, change: Fields])[] = [
      ['a short username', { username: 'abc' }],
      ['a username with other characters', { username: 'ada-lovelace' }],
      ['a bad e-mail address', { email: 'nobody' }],
      ['a short password', { password: 'Aa1!' }],
      ['a long password', { password: 'Correct-Horse-26-and-more' }],
      ['a password without a digit', { password: 'Correct-Horse-xx' }],
      ['an empty first name', { first_name: '' }],
      ['a first name of digits', { first_name: '4da' }],
      ['a short phone number', { phone: '123456789' }],
      ['a date of birth in the future', { date_of_birth: '2999-01-01' }],
      ['a consent of null', { marketing_emails_consent: null }],
      ['a numeric username', { username: 1234567 }],
    ]

    it.each(bad)('refuses %s with 422', async (_name, change) => {
      expect(
        await statusOf('POST', '/auth/register', { body: { ...newPerson(), ...change } }),
      ).toBe(422)
    })

    it.each(['username', 'email', 'password', 'first_name', 'last_name'])(
      'refuses a missing %s with 422',
      async (name) => {
        const { [name]: _left, ...body } = newPerson() as Fields
        expect(await statusOf('POST', '/auth/register', { body })).toBe(422)
      },
    )

    it.each([
      ['McDonald', 'van der Berg'],
      ["O'Brien", 'O’Neill‐Smith'],
      ['ジョン・スミス', '李'],
      ['𠮷'.repeat(50), 'Gal·la'],
    ])('keeps the names %s %s as they were typed', async (first_name, last_name) => {
      const person = { ...newPerson(), first_name, last_name }
      const { username, password } = person
      expect(await statusOf('POST', '/auth/register', { body: person })).toBe(201)
      const login = await call('POST', '/auth/login', { body: { username, password } })
      const { access_token: token } = login.body as { access_token: string }
      const profile = await call('GET', '/auth/profile', { token })
      expect(profile.body).toMatchObject({ first_name, last_name })
      const change = { first_name: 'DeAnna', last_name: 'MacLeod' }
      const changed = await call('PUT', '/auth/profile', { token, body: change })
      expect(changed.body).toMatchObject({ user: change })
    })

    it.each(["o'brien", 'first..last', 'a!#$%&*+/=?^_`{|}~-'])(
      'accepts the address %s@…',
      async (local) => {
        const person = newPerson()
        const email = `${local}.${person.username}@example.ie`
        expect(await statusOf('POST', '/auth/register', { body: { ...person, email } })).toBe(201)
      },
    )

    it('returns one sentence, and refuses a taken name or address with 409', async () => {
      const person = newPerson()
      const first = await call('POST', '/auth/register', { body: person })
      expect([first.status, first.body]).toEqual([201, { message: 'User registered successfully' }])
      const other = newPerson()
      const sameName = { ...other, username: person.username.toUpperCase() }
      expect(await statusOf('POST', '/auth/register', { body: sameName })).toBe(409)
      const sameEmail = { ...other, email: person.email }
      expect(await statusOf('POST', '/auth/register', { body: sameEmail })).toBe(409)
    })
  })

  describe('login', () => {
    it('returns a bearer token valid for an hour, for any case of the name', async () => {
      const body = { username: people.user.username.toUpperCase(), password: people.user.password }
      const answer = await call('POST', '/auth/login', { body })
      expect(answer.status).toBe(200)
      expect(answer.body).toEqual({
        access_token: expect.any(String),
        token_type: 'bearer',
        expires_in: 3600,
      })
    })

    it('accepts a password in both Unicode forms, independent of the form in which it was set', async () => {
      const person = { ...newPerson(), password: 'Cafe\u0301-Horse-26' }
      expect(await statusOf('POST', '/auth/register', { body: person })).toBe(201)
      for (const form of ['NFC', 'NFD'] as const) {
        const body = { username: person.username, password: person.password.normalize(form) }
        expect(await statusOf('POST', '/auth/login', { body })).toBe(200)
      }
    })

    it('counts characters and accepts a password longer than the maximum for new ones', async () => {
      const twenty = `Aa1!${'😀'.repeat(16)}`
      const person = { ...newPerson(), password: twenty }
      const tooLong = { ...newPerson(), password: `${twenty}😀` }
      expect(await statusOf('POST', '/auth/register', { body: person })).toBe(201)
      expect(await statusOf('POST', '/auth/register', { body: tooLong })).toBe(422)
      const login = { username: person.username, password: `${twenty}-and-more-of-it` }
      expect(await statusOf('POST', '/auth/login', { body: login })).toBe(401)
    })

    it.each(['bearer', 'BEARER', 'Bearer '])('accepts the scheme %j', async (scheme) => {
      const headers = { authorization: `${scheme} ${people.user.token}` }
      expect(await statusOf('GET', '/auth/profile', { headers })).toBe(200)
    })

    it.each([
      ['a missing password', { username: 'somebody' }, 422],
      ['a missing name', { password: goodPassword }, 422],
      ['a short name', { username: 'abc', password: goodPassword }, 422],
      ['a short password', { username: 'somebody', password: 'Aa1!' }, 422],
      ['a password of one class', { username: 'somebody', password: 'aaaaaaaaaaaaaa' }, 422],
      ['an unknown user', { username: 'nobody_at_all', password: goodPassword }, 404],
    ])('returns a separate status for %s', async (_name, body, status) => {
      expect(await statusOf('POST', '/auth/login', { body })).toBe(status)
    })

    it('returns 401 for a wrong password', async () => {
      const body = { username: people.user.username, password: 'Wrong-Horse-2626' }
      expect(await statusOf('POST', '/auth/login', { body })).toBe(401)
    })

    it('distinguishes a logout without a body from one with an empty body', async () => {
      const { call: own } = await createRestUser(call)
      expect((await own('POST', '/auth/logout')).status).toBe(422)
      const { status, body } = await own('POST', '/auth/logout', { body: {} })
      expect([status, body]).toEqual([200, { message: 'Logged out successfully' }])
    })
  })

  describe('the profile', () => {
    it('has its keys and returns the changes', async () => {
      const { username, email, call: own } = await createRestUser(call)
      const before = await own('GET', '/auth/profile')
      expect(before.body).toMatchObject({ username, email, first_name: 'Ada', phone: null })
      const change = { first_name: 'Grace', last_name: 'Hopper', email: `new.${email}` }
      const changed = await own('PUT', '/auth/profile', { body: change })
      expect(changed.status).toBe(200)
      expect(changed.body).toMatchObject({ message: expect.any(String), user: change })
      expect((await own('GET', '/auth/profile')).body).toMatchObject(change)
    })

    it.each([
      ['an empty first name', { first_name: '' }],
      ['a blank first name', { first_name: '   ' }],
      ['a long first name', { first_name: 'a'.repeat(51) }],
      ['a long last name', { last_name: 'a'.repeat(51) }],
      ['a first name with @', { first_name: 'Ada@' }],
      ['a first name with digits', { first_name: 'Ada1' }],
      ['a bad address', { email: 'nobody' }],
      ['a phone of 9 digits', { phone: '123456789' }],
      ['a phone of 16 digits', { phone: '1234567890123456' }],
      ['a date of birth in the future', { date_of_birth: '2999-01-01' }],
      ['a date with slashes', { date_of_birth: '1985/06/15' }],
    ])('refuses %s with 422', async (_name, body) => {
      expect((await people.user.call('PUT', '/auth/profile', { body })).status).toBe(422)
    })
  })
}
