import { addFaults, type FaultInjector } from '@cnop/kit/testing/faults'
import { verifyLedger } from '@cnop/ledger/verify'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { beginImport, finishImport, planImportedUser } from './commands/import-user.ts'
import { EmailTaken } from './domain/errors.ts'
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

  const plan = (email: string) =>
    planImportedUser(
      {
        ...{ username: 'legacy_ada', email, firstName: 'Ada', lastName: 'Lovelace' },
        ...{ phone: undefined, dateOfBirth: undefined, marketingConsent: false },
        ...{ createdAt: '2025-06-01T10:00:00.000Z', updatedAt: '2025-06-01T10:00:00.000Z' },
      },
      world.clock.now(),
    )
  const hash = '$2b$04$zRm1FGVYOGoQr8L/PHlPMOyon.bpcJ/j83TO6YVB17/S9qfXFPaTy'

  it.each(['loseReply', 'loseRequest'] as const)(
    'of an import is found out (%s)',
    async (fault) => {
      const imported = plan('ada@example.org')
      faults.force(fault)
      await beginImport(world.deps, imported)
      faults.force(fault)
      await finishImport(world.deps, imported, hash)
      const signedIn = await world.signIn('legacy_ada', 'Legacy-Pass-2025!')
      expect(signedIn).toHaveProperty('accessToken')
    },
  )

  it('of an import does not hide that somebody else has the e-mail address', async () => {
    await world.signUp(username)
    faults.force('loseRequest')
    const begun = beginImport(world.deps, plan(`${username}@example.com`))
    await expect(begun).rejects.toThrow(EmailTaken)
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
