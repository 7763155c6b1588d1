import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { startUserWorld, type UserWorld } from './testing/user-world.ts'

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

describe('updateProfile', () => {
  it('changes what is sent, leaves the rest, and clears what is null', async () => {
    await world.signUp('profile_owner', { phone: '2079460018', dateOfBirth: '1990-12-10' })
    world.clock.advance(1_000)
    const first = await change('profile_owner', { firstName: 'grace', marketingConsent: true })
    const updatedAt = new Date(world.clock.now()).toISOString()
    const user = {
      email: 'profile_owner@example.com',
      firstName: 'Grace',
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
    expect(await refusal('mover_one', { email: 'mover_two@example.com' })).toBe('EMAIL_TAKEN')
    expect(await refusal('mover_one', { email: 'new@example.com' })).toBeUndefined()
    expect(await refusal('mover_two', { email: 'new@example.com' })).toBe('EMAIL_TAKEN')
    expect(await refusal('mover_two', { email: 'mover_one@example.com' })).toBeUndefined()
  })

  it('gives rivals for one address one winner, and loses no address on the way', async () => {
    const names = Array.from({ length: 6 }, (_, place) => `rival_${place}`)
    await Promise.all(names.map((name) => world.signUp(name)))
    const codes = await Promise.all(
      names.map((name) => refusal(name, { email: 'prize@example.com' })),
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
    await Promise.all(addresses.map((email) => change('fickle_user', { email })))
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
