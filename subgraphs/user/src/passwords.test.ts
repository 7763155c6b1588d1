import { transact } from '@cnop/kit/transact'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { signIn } from './commands/sign-in.ts'
import { updateProfile } from './commands/update-profile.ts'
import { sharedCounter } from './domain/device.ts'
import { createHashLimiter } from './passwords/hash-limiter.ts'
import { createHasher } from './passwords/hasher.ts'
import { readSignIn } from './store/failures.ts'
import { confirmPasswordWrite, CredentialsChanged, replacePasswordWrite } from './store/users.ts'
import {
  goodPassword,
  refreshMutation,
  signInMutation,
  startUserWorld,
  testConfig,
  type UserWorld,
} from './testing/user-world.ts'

let world: UserWorld
beforeAll(async () => {
  // All guesses of the test come from one address.
  const limiter = { atOnce: 2, atOncePerAddress: 2, waiting: 20, waitingPerAddress: 20 }
  const signIn = { ...limiter, waitMs: 60_000 }
  const { hashLimits } = testConfig()
  world = await startUserWorld({ hashLimits: { ...hashLimits, signIn } })
})
afterAll(() => world.stop())

const client = { clientIp: '127.0.0.1', userAgent: 'jest' }

const read = async (username: string) => {
  const { credentials } = await readSignIn(
    world.deps.store,
    { username, counter: sharedCounter },
    world.clock.now(),
  )
  return credentials!
}

describe('passwords', () => {
  it('are hashed anew at the first sign-in after the cost was changed', async () => {
    await world.signUp('old_hash')
    const before = await read('old_hash')
    const hasher = await createHasher({ memoryKib: 128, passes: 1, lanes: 1 })
    const deps = { ...world.deps, hasher }
    const input = { username: 'old_hash', password: goodPassword }
    await signIn(deps, input, client)
    const after = await read('old_hash')
    expect(before.passwordHash).toContain('m=64,')
    expect(after.passwordHash).toContain('m=128,')
    await signIn(deps, input, client)
    expect((await read('old_hash')).passwordHash).toBe(after.passwordHash)
  })

  it('are the same in both Unicode forms, and hashes of the typed form are replaced', async () => {
    const composed = 'Caf\u00e9-Horse-42'
    const decomposed = 'Cafe\u0301-Horse-42'
    await world.signUp('two_keyboards', { password: decomposed })
    await world.signIn('two_keyboards', composed)
    await world.signIn('two_keyboards', decomposed)

    // As an account was hashed before passwords were normalised.
    const old = await read('two_keyboards')
    const typedHash = await world.deps.hasher.hash(decomposed)
    await transact(world.store.db, [replacePasswordWrite('users', old, typedHash, 0)])
    await expect(world.signIn('two_keyboards', composed)).rejects.toThrow('WRONG_PASSWORD')
    await world.signIn('two_keyboards', decomposed)
    expect((await read('two_keyboards')).passwordHash).not.toBe(typedHash)
    const { actor } = await world.signIn('two_keyboards', composed)
    const change =
      'mutation C($i: ChangePasswordInput!) { changePassword(input: $i) { sessionsEnded } }'
    const same = { currentPassword: composed, newPassword: decomposed }
    expect(await world.refusal(change, { i: same }, actor)).toBe('BAD_USER_INPUT')
    const other = { currentPassword: decomposed, newPassword: `${decomposed}-new` }
    expect(await world.refusal(change, { i: other }, actor)).toBeUndefined()
    await world.signIn('two_keyboards', `${composed}-new`)
  })

  it('of a new address are checked in both forms as well, and the hash is replaced with it', async () => {
    const decomposed = 'Cafe\u0301-Horse-42'
    await world.signUp('old_form', { password: decomposed })
    const old = await read('old_form')
    const typedHash = await world.deps.hasher.hash(decomposed)
    await transact(world.store.db, [replacePasswordWrite('users', old, typedHash, 0)])
    const actor = { username: 'old_form', role: 'customer', sessionId: 'ses_x' } as const
    const input = { email: 'new_form@example.com', currentPassword: decomposed }
    await updateProfile(world.deps, actor, { input, api: undefined, clientIp: undefined })
    const after = await read('old_form')
    expect(after.user.email).toBe('new_form@example.com')
    expect(await world.deps.hasher.verify(after.passwordHash, decomposed.normalize('NFC'))).toBe(
      true,
    )
  })

  it('can be guessed at no faster by guessing at the same time', async () => {
    await world.signUp('guess_target')
    const guess = (place: number) =>
      world.refusal(signInMutation, {
        input: { username: 'guess_target', password: `Guess-${place}-aaaa` },
      })
    const codes = await Promise.all(Array.from({ length: 20 }, (_, place) => guess(place)))
    const hashed = codes.filter((code) => code === 'WRONG_PASSWORD').length
    // Those that are in the limiter together may be one more than five.
    expect(hashed).toBeLessThanOrEqual(6)
    expect(codes.filter((code) => code === 'SIGN_IN_DELAYED')).toHaveLength(20 - hashed)
  })

  it('are refused when too many wait to be hashed', async () => {
    await world.signUp('crowd_member')
    const narrow = { atOnce: 1, atOncePerAddress: 1, waiting: 1, waitingPerAddress: 1 }
    const hashLimiters = {
      ...world.deps.hashLimiters,
      signIn: createHashLimiter({ ...narrow, waitMs: 60_000 }),
    }
    const deps = { ...world.deps, hashLimiters }
    const input = { username: 'crowd_member', password: goodPassword }
    const crowd = await Promise.allSettled([1, 2, 3, 4].map(() => signIn(deps, input, client)))
    const refusals = crowd.flatMap((one) =>
      one.status === 'rejected' ? [one.reason as object] : [],
    )
    expect(refusals).toEqual([
      expect.objectContaining({ code: 'OVERLOADED' }),
      expect.objectContaining({ code: 'OVERLOADED' }),
    ])
  })

  it('open no session when they were replaced after they had been checked', async () => {
    await world.signUp('racing_user')
    const checked = await read('racing_user')
    const newHash = await world.deps.hasher.hash('Battery-Staple-77')
    await transact(world.store.db, [
      replacePasswordWrite('users', checked, newHash, world.clock.now()),
    ])
    const late = transact(world.store.db, [confirmPasswordWrite('users', checked, undefined)])
    await expect(late).rejects.toBeInstanceOf(CredentialsChanged)
  })

  it('end the other sessions even when ending them one by one was interrupted', async () => {
    await world.signUp('interrupted')
    const { refreshToken } = await world.signIn('interrupted')
    const checked = await read('interrupted')
    const newHash = await world.deps.hasher.hash('Battery-Staple-77')
    await transact(world.store.db, [
      replacePasswordWrite('users', checked, newHash, world.clock.now()),
    ])
    expect(await world.refusal(refreshMutation, { token: refreshToken })).toBe('SESSION_ENDED')
  })
})
