import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { callSessions, codeOf, wrongPassword } from './testing/session-calls.ts'
import { goodPassword, startUserWorld, type UserWorld } from './testing/user-world.ts'

let world: UserWorld
beforeAll(async () => {
  world = await startUserWorld()
})
afterAll(() => world.stop())

const { trySignIn, refresh, listDenied } = callSessions(() => world)

describe('changing the password', () => {
  const change = /* GraphQL */ `
    mutation Change($currentPassword: String!, $newPassword: String!) {
      changePassword(input: { currentPassword: $currentPassword, newPassword: $newPassword }) {
        sessionsEnded
      }
    }
  `
  const newPassword = 'Battery-Staple-77'

  it('ends every other session and keeps this one', async () => {
    await world.signUp('changer')
    const here = await world.signIn('changer')
    const there = await world.signIn('changer')
    const variables = { currentPassword: goodPassword, newPassword }
    const { data } = await world.call(change, variables, here.actor)
    expect(data).toEqual({ changePassword: { sessionsEnded: 1 } })
    expect(await refresh(there.refreshToken)).toBe('SESSION_ENDED')
    expect(await listDenied()).toContain(there.actor.sessionId)
    expect(await refresh(here.refreshToken)).toHaveProperty('accessToken')
    expect(codeOf(await trySignIn('changer'))).toBe('WRONG_PASSWORD')
    expect(codeOf(await trySignIn('changer', newPassword))).toBeUndefined()
  })

  it.each([
    ['a weak new password', goodPassword, 'weak', 'BAD_USER_INPUT'],
    ['the same password', goodPassword, goodPassword, 'BAD_USER_INPUT'],
    ['a wrong current password', wrongPassword, newPassword, 'WRONG_PASSWORD'],
  ])('refuses %s', async (_what, currentPassword, next, code) => {
    await world.signUp('stubborn')
    const { actor } = await world.signIn('stubborn')
    expect(await world.refusal(change, { currentPassword, newPassword: next }, actor)).toBe(code)
  })

  it('is delayed like signing in, so that a stolen token cannot try passwords', async () => {
    await world.signUp('token_thief')
    const { actor } = await world.signIn('token_thief')
    const guess = { currentPassword: wrongPassword, newPassword }
    for (let failure = 1; failure <= 5; failure++) await world.call(change, guess, actor)
    expect(await world.refusal(change, guess, actor)).toBe('SIGN_IN_DELAYED')
  })
})
