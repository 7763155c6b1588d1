import { addFaults, type FaultInjector } from '@cnop/kit/testing/faults'
import { verifyLedger } from '@cnop/ledger/verify'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { listEndedSessions } from './store/ended-sessions.ts'
import {
  goodPassword,
  refreshMutation,
  startUserWorld,
  type UserWorld,
} from './testing/user-world.ts'

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

const change = `mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { sessionsEnded } }`
const newPassword = 'Battery-Staple-77'

describe('a reply that the store did not get through', () => {
  it.each(['loseReply', 'loseRequest'] as const)(
    'of a sign-up is found out: one account, and its owner is notified (%s)',
    async (fault) => {
      faults.force(fault)
      const { data, errors } = await world.signUp(username)
      expect(errors).toBeUndefined()
      expect(data).toHaveProperty('signUp.user.username', username)
      await expect(world.signIn(username)).resolves.toHaveProperty('accessToken')
      expect(await verifyLedger(world.deps.ledger)).toMatchObject({ accounts: 1 })
    },
  )

  it('of two sign-ups of one name lets one succeed', async () => {
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
      const currentPassword = goodPassword
      const { data } = await world.call(update, { input: { ...input, currentPassword } }, actor)
      expect(data).toEqual({ updateProfile: { user: input } })
      const again = await world.call(update, { input }, actor)
      expect(again.data).toEqual({ updateProfile: { user: input } })
    },
  )

  it.each([
    ['of a change of password', ['loseReply']],
    ['of a change of password that never arrived', ['loseRequest']],
    // The first write is the password, the second one ends the other session.
    ['of ending another session', ['slow', 'loseReply']],
    ['of ending another session, which never arrived', ['slow', 'loseRequest']],
  ] as const)(
    '%s is found out: the password is changed, and its owner is notified',
    async (_what, lost) => {
      await world.signUp(username)
      const here = await world.signIn(username)
      const there = await world.signIn(username)
      faults.force(...lost)
      const input = { currentPassword: goodPassword, newPassword }
      const { data, errors } = await world.call(change, { input }, here.actor)
      expect(errors).toBeUndefined()
      expect(data).toEqual({ changePassword: { sessionsEnded: 1 } })
      await expect(world.signIn(username, newPassword)).resolves.toHaveProperty('accessToken')
      const refresh = (token: string) => world.refusal(refreshMutation, { token })
      expect(await refresh(there.refreshToken)).toBe('SESSION_ENDED')
      expect(await refresh(here.refreshToken)).toBeUndefined()
    },
  )

  it('of ending another session, again and again, hides neither the change nor the end', async () => {
    await world.signUp(username)
    const here = await world.signIn(username)
    const there = await world.signIn(username)
    faults.force('slow', ...Array.from({ length: 5 }, () => 'loseRequest' as const))
    const input = { currentPassword: goodPassword, newPassword }
    const { data } = await world.call(change, { input }, here.actor)
    expect(data).toEqual({ changePassword: { sessionsEnded: 1 } })
    const nowMs = world.clock.now()
    const from = new Date(nowMs - 1_000).toISOString()
    const { sessions: ended } = await listEndedSessions(world.deps.store, { from, nowMs })
    expect(ended.map(({ sessionId }) => sessionId)).toEqual([there.actor.sessionId])
    await expect(world.signIn(username, newPassword)).resolves.toHaveProperty('accessToken')
    expect(await world.refusal(refreshMutation, { token: there.refreshToken })).toBe(
      'SESSION_ENDED',
    )
  })
})
