import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { updateProfile } from './commands/update-profile.ts'
import { wrongPassword } from './testing/session-calls.ts'
import { goodPassword, startUserWorld, type UserWorld } from './testing/user-world.ts'

let world: UserWorld
beforeAll(async () => {
  world = await startUserWorld()
})
beforeEach(() => world.store.reset())
afterAll(() => world.stop())

const actorFor = (username: string) => ({ username, role: 'customer' as const, sessionId: 'ses_x' })

const update = /* GraphQL */ `
  mutation Update($input: UpdateProfileInput!) {
    updateProfile(input: $input) {
      user {
        email
        firstName
        lastName
        phone
        dateOfBirth
        marketingConsent
        updatedAt
      }
    }
  }
`

const change = (username: string, input: object) =>
  world.call(update, { input }, actorFor(username))
const refusal = (username: string, input: object) =>
  world.refusal(update, { input }, actorFor(username))
const withPassword = (email: string) => ({ email, currentPassword: goodPassword })

describe('updateProfile', () => {
  it('changes what is sent, leaves the rest, and clears what is null', async () => {
    await world.signUp('profile_owner', { phone: '2079460018', dateOfBirth: '1990-12-10' })
    world.clock.advance(1_000)
    const first = await change('profile_owner', { firstName: 'grace', marketingConsent: true })
    const updatedAt = new Date(world.clock.now()).toISOString()
    const user = {
      email: 'profile_owner@example.com',
      firstName: 'grace',
      lastName: 'Lovelace',
      phone: '2079460018',
      dateOfBirth: '1990-12-10',
      marketingConsent: true,
      updatedAt,
    }
    expect(first).toEqual({ data: { updateProfile: { user } } })
    const second = await change('profile_owner', { phone: null, dateOfBirth: null })
    expect(second).toEqual({
      data: { updateProfile: { user: { ...user, phone: null, dateOfBirth: null } } },
    })
    expect(await refusal('profile_owner', { email: null })).toBe('BAD_USER_INPUT')
    expect(await refusal('profile_owner', { lastName: '<script>' })).toBe('BAD_USER_INPUT')
  })

  it('moves the claim on the address: the old one is free, the new one taken, one’s own accepted', async () => {
    await world.signUp('mover_one')
    await world.signUp('mover_two')
    expect(await refusal('mover_one', { email: 'MOVER_ONE@example.com' })).toBeUndefined()
    expect(await refusal('mover_one', withPassword('mover_two@example.com'))).toBe('EMAIL_TAKEN')
    expect(await refusal('mover_one', withPassword('new@example.com'))).toBeUndefined()
    expect(await refusal('mover_two', withPassword('new@example.com'))).toBe('EMAIL_TAKEN')
    expect(await refusal('mover_two', withPassword('mover_one@example.com'))).toBeUndefined()
  })

  it('lets one of concurrent claims for an address succeed, and loses no address', async () => {
    const names = Array.from({ length: 6 }, (_, place) => `rival_${place}`)
    await Promise.all(names.map((name) => world.signUp(name)))
    const codes = await Promise.all(
      names.map((name) => refusal(name, withPassword('prize@example.com'))),
    )
    expect(codes.filter((code) => code === undefined)).toHaveLength(1)
    expect(codes.filter((code) => code === 'EMAIL_TAKEN')).toHaveLength(5)
    const winner = names[codes.indexOf(undefined)]
    const freed = `${winner}@example.com`
    expect((await world.signUp('late_comer', { email: freed })).errors).toBeUndefined()
  })

  it('leaves exactly one claim behind when one user changes the address many times at once', async () => {
    await world.signUp('fickle_user')
    const addresses = Array.from({ length: 4 }, (_, place) => `fickle${place}@example.com`)
    await Promise.all(addresses.map((email) => change('fickle_user', withPassword(email))))
    const { data } = await world.call('{ me { email } }', {}, actorFor('fickle_user'))
    const { email } = data?.['me'] as { email: string }
    const all = ['fickle_user@example.com', ...addresses]
    const codes = await Promise.all(
      all.map(
        async (address, place) => (await world.signUp(`taker_${place}`, { email: address })).errors,
      ),
    )
    expect(all.filter((_, place) => codes[place])).toEqual([email])
  })
})

describe('a new e-mail address', () => {
  it('needs the current password over GraphQL, and says so at its field', async () => {
    await world.signUp('careful_one')
    await world.signUp('careful_two')
    for (const input of [
      { email: 'free@example.com' },
      { email: 'careful_two@example.com' },
      { email: 'free@example.com', currentPassword: null },
    ]) {
      const { errors } = await change('careful_one', input)
      expect(errors?.[0]?.extensions).toMatchObject({
        code: 'BAD_USER_INPUT',
        details: {
          field: 'currentPassword',
          reason: 'is required to change the e-mail address',
        },
      })
    }
    const wrong = { email: 'careful_two@example.com', currentPassword: wrongPassword }
    const { errors } = await change('careful_one', wrong)
    expect(errors?.[0]?.extensions).toMatchObject({
      code: 'WRONG_PASSWORD',
      details: { field: 'currentPassword' },
    })
    expect(await refusal('careful_one', withPassword('free@example.com'))).toBeUndefined()
  })

  it('changes nothing else when it is refused', async () => {
    await world.signUp('all_or_nothing')
    const input = { firstName: 'Eve', email: 'eve@example.com', currentPassword: wrongPassword }
    expect(await refusal('all_or_nothing', input)).toBe('WRONG_PASSWORD')
    const { data } = await world.call('{ me { firstName email } }', {}, actorFor('all_or_nothing'))
    expect(data?.['me']).toEqual({ firstName: 'Ada', email: 'all_or_nothing@example.com' })
  })

  it('cannot be used to guess the password: the session is delayed after five failures, and sign-ins are not', async () => {
    await world.signUp('guessed_at')
    const guess = { email: 'prey@example.com', currentPassword: wrongPassword }
    for (let time = 0; time < 5; time += 1) {
      expect(await refusal('guessed_at', guess)).toBe('WRONG_PASSWORD')
    }
    expect(await refusal('guessed_at', guess)).toBe('SIGN_IN_DELAYED')
    expect(await refusal('guessed_at', withPassword('prey@example.com'))).toBe('SIGN_IN_DELAYED')
    await world.signIn('guessed_at')
    world.clock.advance(2_000)
    expect(await refusal('guessed_at', withPassword('prey@example.com'))).toBeUndefined()
    // A success resets the failures.
    const again = { ...guess, email: 'other.prey@example.com' }
    expect(await refusal('guessed_at', again)).toBe('WRONG_PASSWORD')
    await world.signIn('guessed_at')
  })

  it('needs no password where it is one’s own, or where nothing else changes', async () => {
    await world.signUp('own_address')
    const own = { email: 'Own_Address@example.com', currentPassword: wrongPassword }
    expect(await refusal('own_address', own)).toBeUndefined()
    expect(await refusal('own_address', { lastName: 'Hopper' })).toBeUndefined()
  })

  it('needs none over REST where configured, and is refused there otherwise', async () => {
    await world.signUp('rest_person')
    const rest = (email: string) => ({
      input: { email },
      api: 'rest' as const,
      clientIp: undefined,
    })
    const actor = actorFor('rest_person')
    const careful = { ...world.deps, restEmailChange: 'confirm' as const }
    await expect(updateProfile(careful, actor, rest('new@example.com'))).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      details: { field: 'email', reason: expect.stringContaining('REST') as unknown },
    })
    const unchanged = await updateProfile(careful, actor, rest('rest_person@example.com'))
    expect(unchanged.email).toBe('rest_person@example.com')
    const changed = await updateProfile(world.deps, actor, rest('new@example.com'))
    expect(changed.email).toBe('new@example.com')
  })

  it('in another script is one address, however it is written', async () => {
    await world.signUp('idn_owner', { email: 'Ada@BÜCHER.example' })
    const { data } = await world.call('{ me { email } }', {}, actorFor('idn_owner'))
    expect(data?.['me']).toEqual({ email: 'ada@bücher.example' })
    await world.signUp('idn_rival')
    for (const email of ['ada@xn--bcher-kva.example', 'ADA@bu\u0308cher.example']) {
      expect(await refusal('idn_rival', withPassword(email))).toBe('EMAIL_TAKEN')
      expect(await refusal('idn_owner', { email })).toBeUndefined()
    }
  })
})
