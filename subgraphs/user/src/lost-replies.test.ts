import { addFaults, type FaultInjector } from '@cnop/kit/testing/faults'
import { verifyLedger } from '@cnop/ledger/verify'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { startUserWorld, type UserWorld } from './testing/user-world.ts'

let world: UserWorld
let faults: FaultInjector
const username = 'asset_owner'
const actor = { username, role: 'customer' as const, sessionId: 'ses_x' }

beforeAll(async () => {
  world = await startUserWorld()
})
beforeEach(async () => {
  await world.store.reset()
  faults = addFaults(world.store.db, { seed: 1, commands: ['TransactWriteItems'] })
})
afterEach(() => {
  faults.remove()
})
afterAll(() => world.stop())

const update = `mutation ($input: UpdateProfileInput!) {
  updateProfile(input: $input) { user { email firstName } } }`

describe('a reply that the store did not get through', () => {
  it.each(['loseReply', 'loseRequest'] as const)(
    'of a sign-up is found out: one account, and its owner is told (%s)',
    async (fault) => {
      faults.force(fault)
      const { data, errors } = await world.signUp(username)
      expect(errors).toBeUndefined()
      expect(data).toHaveProperty('signUp.user.username', username)
      await expect(world.signIn(username)).resolves.toHaveProperty('accessToken')
      expect(await verifyLedger(world.deps.ledger)).toMatchObject({ accounts: 1 })
    },
  )

  it('of two sign-ups of one name leaves one winner', async () => {
    faults.force('loseReply', 'loseReply')
    const answers = await Promise.all([world.signUp(username), world.signUp(username)])
    const codes = answers.map(({ errors }) => errors?.[0]?.extensions.code)
    expect(codes.toSorted()).toEqual(['USERNAME_TAKEN', undefined])
  })

  it.each(['loseReply', 'loseRequest'] as const)(
    'of a change of profile is found out (%s)',
    async (fault) => {
      await world.signUp(username)
      faults.force(fault)
      const input = { email: 'new.address@example.com', firstName: 'Grace' }
      const { data } = await world.call(update, { input }, actor)
      expect(data).toEqual({ updateProfile: { user: input } })
      const again = await world.call(update, { input }, actor)
      expect(again.data).toEqual({ updateProfile: { user: input } })
    },
  )
})
